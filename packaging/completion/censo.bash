# Completion for censo, censo-agent and censo-collector: the program itself says which commands and options it has.
_censo() {
  local word=${COMP_WORDS[COMP_CWORD]} path=() each
  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $each in -*) ;; *) path+=("$each") ;; esac
  done
  local help
  # Arguments of a command are no commands: the longest beginning that the program knows counts.
  while ! help=$("$1" "${path[@]}" --help 2>/dev/null) && [ ${#path[@]} -gt 0 ]; do unset 'path[-1]'; done
  local words
  words=$(printf '%s\n' "$help" | awk '
    /^[A-Za-z].*:$/ { commands = /ommands:$/; next }
    commands && /^  [a-z]/ { print $1 }
    { for (i = 1; i <= NF && i <= 2; i++) if ($i ~ /^--?[a-z]/) { n = split($i, names, ","); for (j = 1; j <= n; j++) print names[j] } }')
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _censo censo censo-agent censo-collector
