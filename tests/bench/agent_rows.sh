# What the scripts of the agent's table share; `table` is its file.
# row WHAT GOAL OURS FUSION OCS
row() { printf '| %s | %s | %s | %s | %s |\n' "$@" >>"$table"; }
mebibytes() { awk -v kib="$1" 'BEGIN { printf "%.1f MiB", kib / 1024 }'; }
has() { command -v "$1" >/dev/null; }
