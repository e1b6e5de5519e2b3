#!/usr/bin/env bash
# What the agent costs, as one table: the program of the packages (build/package, where it is built) beside the peers that this machine has,
# all in one run; then a fleet that comes back at once: known to the collector, then new to it. Peers write into a folder of their own and reach no network. Root sees in addition
# what takes a network, processes and mounts of its own. Usage: agent_numbers_bench.sh BUILD_DIRECTORY [AGENTS]
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
bin=$(realpath "$1")
agent=$(dirname "$bin")/package/censo-agent
[ -x "$agent" ] || agent=$bin/censo-agent
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT
. "$here/agent_rows.sh"
table=$own/table

# cost RUNS PROGRAM...: sets cpu, peak, started
cost() { read -r cpu peak started < <("$bin/tests/program_cost" "$@") || { cpu=failed peak=0 started=failed; }; }
# peer NAME ARGUMENT...: the same in words; "-" where the machine does not have it
peer() {
  cpu=- peak=- started=- sent=- size=-
  has "$1" || return 0
  mkdir "$own/$1"
  cost 2 "$@"
  cpu="$cpu ms" peak=$(mebibytes "$peak")
  # The file that it wrote, packed as it would be sent.
  sent="$(find "$own/$1" -type f -size +20k -print0 | xargs -0 ls -t | head -1 | xargs gzip -c | wc -c) bytes"
  size="$(dpkg-query -W -f '${Installed-Size}' "$1" | awk '{ printf "%.1f MB", $1 * 1024 / 1e6 }') and Perl"
}
has fusioninventory-agent && has ocsinventory-agent ||
  echo "For the peers' columns: apt-get install --no-install-recommends fusioninventory-agent ocsinventory-agent"

peer fusioninventory-agent --local="$own/fusioninventory-agent" --force --tasks=inventory
fusion=("$cpu" "$peak" "$started" "$sent" "$size")
peer ocsinventory-agent --local="$own/ocsinventory-agent" --basevardir="$own/ocsinventory-agent"
ocs=("$cpu" "$peak" "$started" "$sent" "$size")
cost 10 "$agent" inventory -o json
"$bin/tests/agent_bench" --figures >"$own/figures"
figure() { sed -n "s/^$1: //p" "$own/figures"; }
row "full inventory, CPU" "2 x bare reading" "$cpu ms; $(figure ratio)" "${fusion[0]}" "${ocs[0]}"
row "full inventory, peak memory" "10 MiB" "$(mebibytes "$peak")" "${fusion[1]}" "${ocs[1]}"
row "programs started for it" "0" "$started" "${fusion[2]}" "${ocs[2]}"
row "report, compressed" "" "$(figure report)" "${fusion[3]}" "${ocs[3]}"
row "sent for an unchanged host, without HTTP's header" "1 kB" "$(figure offer)" "the same" "the same"
cp "$agent" "$own/stripped"
strip "$own/stripped"
row "installed size, stripped, TLS included" "6 MB" "$(stat -c %s "$own/stripped" | awk '{ printf "%.2f MB", $1 / 1e6 }')" "${fusion[4]}" "${ocs[4]}"
if unshare -nmp --fork true 2>/dev/null; then
  CENSO_OWN_NAMESPACES=1 unshare -nmp --fork --mount-proc --propagation private bash "$here/agent_on_quiet_host.sh" "$bin" "$agent" "$table"
else
  row "idle memory, wake-ups" "6 MiB, 0" "as root only" "" ""
fi
echo "Agent: $agent"
echo "| what | goal | censo-agent | FusionInventory | OCS |"
echo "| --- | --- | --- | --- | --- |"
cat "$table"
echo
for percent_new in 0 100; do "$bin/tests/agent_storm" "$bin/censo-collector" "${2:-10000}" "$percent_new"; done
