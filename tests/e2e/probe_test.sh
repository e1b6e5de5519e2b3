#!/usr/bin/env bash
# A remote site behind a link that comes and goes: a probe with a real snmpd and an agent behind it. Nothing is lost, nothing is doubled, also when
# the probe is killed with a full spool; a stop at the centre stops it, and once it is revoked nothing of that site is taken.
#
#   centre 10.77.0.1 ======== 10.77.0.2 probe, agent 10.78.0.1 (snmpd) ---- 10.78.0.2-9 (nobody)
# Usage: probe_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
PATH=$PATH:/usr/sbin:/sbin
command -v snmpd >/dev/null || { echo "needs snmpd"; exit 77; }
! getent passwd censo >/dev/null || { echo "needs a machine without the service's user"; exit 77; }
mkdir -p /run/netns
mount -t tmpfs none /run/netns
ip netns add site
ip link add link0 type veth peer name up0 netns site
ip addr add 10.77.0.1/24 dev link0
ip link set link0 up
ip -n site addr add 10.77.0.2/24 dev up0
ip -n site link set up0 up
ip -n site link set lo up
ip netns add dark
ip -n site link add lan0 type veth peer name lan0 netns dark
ip -n site addr add 10.78.0.1/24 dev lan0
ip -n site link set lan0 up
ip -n dark link set lan0 up
for number in 2 3 4 5 6 7 8 9; do ip -n site neigh add 10.78.0.$number lladdr 02:00:00:00:00:0$number dev lan0 nud permanent; done
export MIBS=
in_site() { ip netns exec site "$@"; }
cut_link() { ip link set link0 down; }
mend_link() { ip link set link0 up; }

mkdir "$work/snmp"
printf '%s\n' "agentAddress udp:10.78.0.1:161" "sysName far-switch" "exactEngineID 0x80001f880474657331" "rocommunity site-secret" >"$work/snmpd.conf"
SNMP_PERSISTENT_DIR="$work/snmp" ip netns exec site snmpd -f -LF e "$work/snmpd.log" -C -c "$work/snmpd.conf" -p "$work/snmpd.pid" &
pids+=("$!")

api=31500
url=https://localhost:$api
printf 'public_names: [10.77.0.1]\n' >"$work/collector.yaml"
"$bin/censo-collector" run --config "$work/collector.yaml" --state-dir "$work/collector" --listen "0.0.0.0:$api" --agent-listen "0.0.0.0:$((api + 1))" \
  >>"$work/collector.log" 2>&1 &
pids+=("$!")
wait_for 30 curl -fsS --cacert "$work/collector/ca/ca.pem" "$url/healthz" || fail "the collector does not answer"
login
echo site-secret >"$work/community"
censo scan credential set far --community-file "$work/community"

printf 'probe:\n  pause: 1s\nagent_packages: %s\n' "$work/packages" >"$work/probe.yaml"
mkdir -m 755 "$work/packages"
echo "not a package, but served as one" >"$work/packages/censo-agent_0.1.0_amd64.deb"
probe_url=https://10.77.0.2:31600
probe_command() { in_site "$bin/censo-collector" probe "$@" --config "$work/probe.yaml" --state-dir "$work/probe"; }
start_probe() {
  ip netns exec site "$bin/censo-collector" probe run --config "$work/probe.yaml" --state-dir "$work/probe" --listen 10.77.0.2:31600 \
    --agent-listen 10.77.0.2:31601 >>"$work/probe.log" 2>&1 &
  probe=$!
  pids+=("$probe")
}
probe_field() { censo probe show berlin --field "$1"; }
is() { [ "$("${@:2}")" = "$1" ]; }
run_state() { censo scan show "$1" --field state; }
items() { censo ci list -o json | python3 -c 'import json,sys; print(len([i for i in json.load(sys.stdin)["items"] if i["class"] != "subnet"]))'; }

# One line sets it up.
exits 3 censo probe show nowhere
token=$(censo probe invite berlin --called 10.77.0.2 --field token)
same "it waits for the probe" invited "$(probe_field state)"
censo agent token new --name wrong --field token >"$work/agent-token"
exits 1 probe_command enrol "https://10.77.0.1:$api" "$(cat "$work/agent-token")"
holds "a token of agents admits no probe" grep -q "a probe needs one of its own" "$work/out"
exits 0 probe_command enrol "https://10.77.0.1:$api" "$token"
exits 1 probe_command enrol "https://10.77.0.1:$api" "$token"
holds "the token is good once" grep -q "used as often" "$work/out"
start_probe
wait_for 20 is active probe_field state || fail "the probe is not active"

# A scan by the probe: the collector itself has no way there.
exits 0 censo scan run 10.78.0.1 --credential far --probe berlin --name near
same "it was read" ok "$(censo scan show near --address 10.78.0.1 --field verdict)"
same "what was tried there is kept" snmp "$(censo scan show near --address 10.78.0.1 -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["attempts"][0]["what"])')"
same "one item beside its subnets" 1 "$(items)"
same "its name" far-switch "$(censo ci show far-switch --field name)"
lacks "no credential in the probe's files" grep -rqa site-secret "$work/probe" "$work/probe.log"

# The line that installs an agent there: the probe's own address and key, and a package that the probe has.
line=$(censo agent token new --name behind --probe berlin 2>&1 | grep enrol.sh)
holds "it names the probe" grep -q " $probe_url/enrol.sh | sudo sh -s -- $probe_url ENR1\\." <<<"$line"
fetch() { in_site curl -fsS -k --pinnedpubkey "$1" "$probe_url/$2"; }
pin=$(grep -o "sha256//[A-Za-z0-9+/=]*" <<<"$line")
holds "the script is the probe's" grep -q "^pin='${pin#sha256//}'" <(fetch "$pin" enrol.sh)
same "so is the package" "$(cat "$work/packages/censo-agent_0.1.0_amd64.deb")" "$(fetch "$pin" agents/censo-agent_0.1.0_amd64.deb)"
lacks "nobody else has that key" curl -fsS -k --pinnedpubkey "$pin" "$url/healthz"
exits 3 censo agent token new --name behind --probe nowhere

# An agent behind it.
export CENSO_AGENT_STATE=$work/agent
in_site "$bin/censo-agent" enroll "$probe_url" - <<<"$(censo agent token new --name behind --field token)"
in_site "$bin/censo-agent" run --once >"$work/agent.log" 2>&1 || fail "the agent cannot report"
wait_for 20 censo ci show "$host" || fail "the agent's report did not arrive"
passed "the agent's report arrived"
same "it is shown behind the probe" berlin "$(censo agent list --field probe)"
holds "the list names the probe" grep -q berlin <(censo agent list)
same "the list of those behind it" 1 "$(censo agent list --probe berlin -o json | jq '.items | length')"
exits 3 censo agent list --probe nowhere
known=$(items)
id=$(censo agent list --field id)
asked() { censo agent show "$id" -o json | jq -r .refresh_asked_by; }
exits 0 censo agent refresh "$id"
lacks "a report of everything is waited for" is "" asked
in_site "$bin/censo-agent" run --once >>"$work/agent.log" 2>&1 || fail "the agent cannot report"
holds "it came through the probe" wait_for 20 is "" asked

# The link is cut while a scan runs; it goes on, and its end is told when the link is back.
censo scan run 10.78.0.1-10.78.0.9 --no-sweep --credential far --probe berlin --name far --no-wait >/dev/null
wait_for 10 is running run_state far || fail "the scan does not begin"
wait_for 10 is 1 censo scan show far --field answered || true
cut_link
in_site "$bin/censo-agent" run --once >>"$work/agent.log" 2>&1 || fail "the agent cannot report while the link is cut"
sleep 12
same "nothing was heard of its end" running "$(run_state far)"
mend_link
wait_for 60 is "done" run_state far || fail "the end of the scan did not arrive"
passed "the end of the scan arrived"
same "all addresses are listed once" 9 "$(censo scan show far -o json | python3 -c 'import json,sys; d=json.load(sys.stdin)["devices"]; print(len({x["address"] for x in d}) if len(d) == len({x["address"] for x in d}) else -1)')"
wait_for 20 is 0 probe_field waiting || fail "the spool is not empty"
same "nothing doubled" "$known" "$(items)"
same "nothing refused" 0 "$(probe_field refused)"

# Killed while the spool is full of what the centre has not.
censo scan run --job far --no-wait >/dev/null
wait_for 10 is running run_state far || fail "the scan does not begin again"
sleep 1
cut_link
in_site "$bin/censo-agent" run --once >>"$work/agent.log" 2>&1 || fail "the agent cannot report"
sleep 1
kill -9 "$probe"
wait "$probe" 2>/dev/null || true
before=$(censo agent list -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["last_report_at"])')
start_probe
mend_link
wait_for 60 is failed run_state far || fail "the end of the interrupted scan did not arrive"
same "the reason is told" "the probe stopped during the run" "$(censo scan show far --field detail)"
same "what it had found before is there" ok "$(censo scan show far --address 10.78.0.1 --field verdict)"
wait_for 20 is 0 probe_field waiting || fail "the spool is not empty"
after=$(censo agent list -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["last_report_at"])')
[ "$after" \> "$before" ] || fail "the agent's report was lost"
passed "the agent's report is not lost"
same "nothing doubled after a kill" "$known" "$(items)"
same "nothing lost" 0 "$(probe_field lost)"

# A stop at the centre.
censo scan run --job far --no-wait >/dev/null
wait_for 10 is running run_state far || fail "the scan does not begin once more"
sleep 2
began=$SECONDS
exits 0 censo scan stop far
wait_for 8 is cancelled run_state far || fail "the probe does not stop"
passed "stopped after $((SECONDS - began)) s"

# Revoked.
exits 0 censo probe revoke berlin
same "it is shown" revoked "$(probe_field state)"
exits 1 censo scan run --job near
holds "its jobs say so" grep -q "the probe \"berlin\" was revoked" "$work/out"
in_site "$bin/censo-agent" run --once >>"$work/agent.log" 2>&1 || true
sleep 3
same "the agent's report is not taken" "$after" "$(censo agent list -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["last_report_at"])')"
holds "the probe says why" grep -q "AGENT_REVOKED\|was revoked" "$work/probe.log"

# A new machine in its place takes its name, jobs and agents.
kill "$probe"; wait "$probe" || true
rm -r "$work/probe"
exits 0 probe_command enrol "https://10.77.0.1:$api" "$(censo probe invite berlin --called 10.77.0.2 --field token)"
start_probe
exits 0 censo scan run --job near
wait_for 20 in_site curl -fsS --cacert "$work/collector/ca/ca.pem" "$probe_url/healthz" || fail "the new probe does not answer"
sleep 2
in_site "$bin/censo-agent" run --once >>"$work/agent.log" 2>&1 || fail "the agent cannot report to the new probe"
reported() { [ "$(censo agent list -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["last_report_at"])')" \> "$after" ]; }
wait_for 20 reported || fail "the agent's report by the new probe did not arrive"
passed "a new probe takes over"
same "no item more" "$known" "$(items)"

# 21 days ahead its certificate is near its end: it gets another one, and starts anew with it.
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -1) || true
if [ -n "$faketime" ]; then
  kill "$probe"; wait "$probe" || true
  certificate() { jq -r .certificate "$work/probe/probe.json"; }
  old=$(certificate)
  status=0
  FAKETIME=+21d FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$faketime timeout 60 ip netns exec site "$bin/censo-collector" probe run \
    --config "$work/probe.yaml" --state-dir "$work/probe" --listen 10.77.0.2:31600 --agent-listen 10.77.0.2:31601 >>"$work/probe.log" 2>&1 || status=$?
  same "a probe with new certificates starts anew" 75 "$status"
  lacks "the certificate is another one" test "$(certificate)" = "$old"
  start_probe
  wait_for 20 in_site curl -fsS --cacert "$work/collector/ca/ca.pem" "$probe_url/healthz" || fail "the probe does not answer with its new certificate"
  last=$(censo agent list -o json | jq -r '.items[0].last_report_at')
  in_site "$bin/censo-agent" run --once >>"$work/agent.log" 2>&1 || fail "the agent cannot report to the probe with a new certificate"
  newer() { [ "$(censo agent list -o json | jq -r '.items[0].last_report_at')" \> "$last" ]; }
  holds "reports come with it" wait_for 20 newer
fi
echo "$checks checks passed"
