# What scripts share that change the network, mounts or the package database: `. own_namespaces.sh` instead of setup.sh. The script runs again
# in name spaces of its own, which end with it.
if [ -z "${CENSO_OWN_NAMESPACES:-}" ]; then
  [ "$(id -u)" = 0 ] && unshare -nm true 2>/dev/null || { echo "needs root and name spaces"; exit 77; }
  CENSO_OWN_NAMESPACES=1 exec unshare -nm --propagation private bash "$0" "$@"
fi
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
ip link set lo up
host=$(uname -n)
export CENSO_AGENT_STATE=$work/agent CENSO_INVENTORY_START_SPLAY=0s

# The package database is a copy in $work/dpkg from here on, which set_package changes.
own_dpkg() {
  [ -s /var/lib/dpkg/status ] || { echo "needs a package database of dpkg"; exit 77; }
  mkdir "$work/dpkg"
  cp /var/lib/dpkg/status "$work/dpkg/status"
  cp /var/lib/dpkg/status "$work/dpkg/status-before"
  mount --bind "$work/dpkg" /var/lib/dpkg
}
release_own() { umount /var/lib/dpkg 2>/dev/null || true; }
# set_package NAME VERSION: one that the machine does not have
set_package() {
  printf 'Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: all\nMaintainer: x\nDescription: x\n\n' "$@" |
    cat "$work/dpkg/status-before" - >"$work/dpkg/status-new"
  mv "$work/dpkg/status-new" "$work/dpkg/status"
}
# start_agent: enrolled with the collector; sets agent (its process)
start_agent() {
  "$bin/censo-agent" enroll "$url" - <<<"$(censo agent token new --name test --field token)"
  "$bin/censo-agent" run >>"$work/agent.log" 2>&1 &
  agent=$!
  pids+=("$agent")
  wait_for 20 censo ci show "$host" || fail "the agent did not report"
}
