#!/usr/bin/env bash
# An agent's contacts after the first take its TLS session up again: over restarts of both sides, not after a renewal or as a revoked agent.
# Usage: agent_session_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
export CENSO_AGENT_STATE=$work/agent
export CENSO_INVENTORY_EXCLUDE=processes,sockets,services,system_units,file_systems,sessions
start_collector
login
viewer=$(censo token new --name metrics --role viewer --field token)
# handshakes TRUE|FALSE: of the agents' listener since the collector's start, with an earlier session or without
handshakes() {
  curl -fsS --cacert "$work/collector/ca/ca.pem" -H "Authorization: Bearer $viewer" "$url/metrics" |
    sed -n "s/^censo_tls_handshakes_total{listener=\"agents\",resumed=\"$1\"} //p"
}
report() { "$bin/censo-agent" run --once >"$work/out" 2>&1; }

"$bin/censo-agent" enroll "$url" - <<<"$(censo agent token new --name test --field token)" >/dev/null
report
same "the first contact is a whole handshake" "1 0" "$(handshakes false) $(handshakes true)"
same "its session is kept as the key is" 600 "$(stat -c %a "$work/agent/session")"
report
report
same "the next ones take it up again, each by a program of its own" "1 2" "$(handshakes false) $(handshakes true)"

stop_collector
start_collector
report
same "also after a restart of the collector, which remembers nothing" "0 1" "$(handshakes false) $(handshakes true)"

: >"$work/agent/session"
report
same "without a session all begins anew" "1 1" "$(handshakes false) $(handshakes true)"

id=$(censo agent list -o json | jq -r '.items[0].id')
censo agent revoke "$id" >/dev/null
exits 4 "$bin/censo-agent" run --once
holds "a session does not let a revoked agent in" grep -q AGENT_REVOKED "$work/out"
same "though it was taken up again" "1 2" "$(handshakes false) $(handshakes true)"
echo "$checks checks"
