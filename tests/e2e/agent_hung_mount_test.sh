#!/usr/bin/env bash
# File systems that never answer (a hung NFS server, a dead FUSE program), where sources look: a report comes all the same. Name spaces of its own.
# Usage: agent_hung_mount_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
[ -c /dev/fuse ] || { echo "needs FUSE"; exit 77; }
hung=()
# hang FOLDER: a mount whose program reads no question. The kernel asks this shell, which keeps the device open.
hang() {
  local device
  exec {device}<>/dev/fuse
  mount -i -t fuse -o "fd=$device,rootmode=40000,user_id=0,group_id=0,allow_other" hung "$1" || { echo "FUSE cannot be mounted"; exit 77; }
  hung+=("$1")
}
release_own() { local folder; for folder in "${hung[@]}"; do umount -l "$folder" 2>/dev/null || true; done; umount "$work/opt" 2>/dev/null || true; }
mkdir "$work/far" "$work/opt"
mount -t tmpfs opt /opt
mkdir -p /opt/app /opt/own
printf 'x' >/opt/own/readme
hang "$work/far"
hang /opt/app
lacks "the mounts do hang" timeout -s KILL 2 ls /opt/app

began=$SECONDS
timeout -s KILL 60 "$bin/censo-agent" inventory -o json >"$work/report.json" || fail "no inventory within 60 s beside a mount that hangs"
passed "an inventory in $((SECONDS - began)) s"
row() { jq -c --arg at "$1" '.sections[] | select(.name == "file_systems") | .items[] | select(.attributes.mount_point == $at)' "$work/report.json"; }
holds "with the mounts that hang" test -n "$(row "$work/far")" -a -n "$(row /opt/app)"
same "whose size it does not ask" null "$(row /opt/app | jq '.attributes.size_mib // .attributes.size_bytes')"
holds "all else is there" jq -e '.sections | length > 20' "$work/report.json"

start_collector
login
start_agent
holds "the service reports, too" wait_for 20 grep -q report.accepted "$work/agent.log"
kill -TERM "$agent"
gone() { ! kill -0 "$agent" 2>/dev/null; }
wait_for 5 gone || fail "the agent does not end"
passed "and ends when it is told to"
echo "$checks checks"
