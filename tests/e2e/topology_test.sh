#!/usr/bin/env bash
# A network whose cables are known: Linux bridges as switches, snmpd and lldpd on them, hosts with and without LLDP, a link aggregate, a switch that is
# silent, one that nobody manages. Every cable is found, none is invented, and scanning one switch again moves nothing.
#
#   manager - p1 sw1 p2,p3 ==== p2,p3 sw2 p4 ---- p4 sw3 (no LLDP)
#              p5 |   | p6         p5 |           p5 |
#                h1   hub - h4, h5    h2 (no LLDP)  h3 (no LLDP)
# (hub: a bridge without an agent; h5: no agent either)
# Usage: topology_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
for needed in lldpd lldpcli snmpd bridge perl; do
  PATH=$PATH:/usr/sbin:/sbin command -v $needed >/dev/null || { echo "needs $needed"; exit 77; }
done
mkdir -p /run/netns
mount -t tmpfs none /run/netns
ip netns add probe 2>/dev/null && ip -n probe link add br0 type bridge stp_state 1 2>/dev/null || { echo "needs bridges"; exit 77; }
# Where the kernel has no bonds, the two cables are parallel ones, of which the spanning tree blocks one.
trunk=(p2 p3)
ip -n probe link add bond0 type bond mode 802.3ad 2>/dev/null && trunk=(bond0)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
api=31300
export MIBS=

# lldpd drops its privileges, and asks the resolver for its name.
chmod 755 "$work"
{ echo '127.0.0.1 localhost'; for number in 1 2 3; do printf '127.0.1.%s sw%s\n127.0.2.%s h%s\n' $number $number $number $number; done; } >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts
release_own() { umount /etc/hosts; }
echo 'configure lldp tx-interval 1' >"$work/lldpd.conf"
lldpcli() { local name=$1; shift; timeout 3 /usr/sbin/lldpcli -u "$work/$name.lldp" "$@"; }

in_ns() { local ns=$1; shift; ip netns exec "$ns" "$@"; }  # not in the background: the shell would be killed instead
# new_device NAME
new_device() { ip netns add "$1"; ip -n "$1" link set lo up; }
# cable NAMESPACE PORT MAC NAMESPACE PORT MAC; the manager's namespace is "."
cable() {
  ip link add left type veth peer name right
  local end ns name mac
  for end in left right; do
    ns=$1; name=$2; mac=$3; shift 3
    if [ "$ns" = . ]; then ip link set "$end" name "$name" address "$mac" up; continue; fi
    ip link set "$end" netns "$ns"
    ip -n "$ns" link set "$end" name "$name" address "$mac"
    ip -n "$ns" link set "$name" up
  done
}
# new_switch NAME NUMBER PORT...: bridge br0 with spanning tree, the root is the one with the lowest number
new_switch() {
  local name=$1 number=$2 port; shift 2
  ip -n "$name" link add br0 address "00:04:96:00:0$number:ff" type bridge stp_state 1 forward_delay 200 hello_time 100 max_age 600 priority $((number * 4096))
  for port in "$@"; do ip -n "$name" link set "$port" master br0; done
  ip -n "$name" addr add "10.99.0.1$number/24" dev br0
  ip -n "$name" link set br0 up
}
# bond NAME PORT...
bond() {
  local name=$1 port; shift
  [ "${trunk[0]}" = bond0 ] || return 0
  ip -n "$name" link add bond0 type bond mode 802.3ad miimon 100 lacp_rate fast
  for port in "$@"; do ip -n "$name" link set "$port" down; ip -n "$name" link set "$port" master bond0; done
  ip -n "$name" link set bond0 up
}
# run_snmpd NAME NUMBER [LINE...]
run_snmpd() {
  local name=$1 number=$2; shift 2
  mkdir "$work/snmp-$name"
  printf '%s\n' "agentAddress udp:161" "sysName $name" "exactEngineID 0x80001f8804746573$number" "rocommunity net-secret" "master agentx" \
    "agentXSocket $work/$name.agentx" "$@" >"$work/$name.conf"
  SNMP_PERSISTENT_DIR="$work/snmp-$name" ip netns exec "$name" /usr/sbin/snmpd -f -LF e "$work/snmpd-$name.log" -C -c "$work/$name.conf" -p "$work/$name.pid" &
  pids+=("$!")
  wait_for 10 test -S "$work/$name.agentx" || fail "snmpd of $name does not start"
}
# run_lldpd NAME [OPTION...]: speaks on ports and network cards only
run_lldpd() {
  local name=$1; shift
  ip netns exec "$name" unshare --uts bash -c 'hostname "$0"; exec /usr/sbin/lldpd "$@"' "$name" -d -u "$work/$name.lldp" -O "$work/lldpd.conf" \
    -I 'p*,eth*' "$@" >"$work/lldpd-$name.log" 2>&1 &
  pids+=("$!")
}

for name in sw1 sw2 sw3 hub h1 h2 h3 h4 h5; do new_device $name; done
cable . m0 00:1b:21:00:00:01 sw1 p1 00:04:96:00:01:01
cable sw1 p2 00:04:96:00:01:02 sw2 p2 00:04:96:00:02:02
cable sw1 p3 00:04:96:00:01:03 sw2 p3 00:04:96:00:02:03
cable sw2 p4 00:04:96:00:02:04 sw3 p4 00:04:96:00:03:04
cable sw1 p5 00:04:96:00:01:05 h1 eth0 00:1b:21:00:00:21
cable sw2 p5 00:04:96:00:02:05 h2 eth0 00:1b:21:00:00:22
cable sw3 p5 00:04:96:00:03:05 h3 eth0 00:1b:21:00:00:23
cable sw1 p6 00:04:96:00:01:06 hub p1 00:04:96:00:09:01
cable hub p2 00:04:96:00:09:02 h4 eth0 00:1b:21:00:00:24
cable hub p3 00:04:96:00:09:03 h5 eth0 00:1b:21:00:00:25
bond sw1 p2 p3
bond sw2 p2 p3
new_switch sw1 1 p1 "${trunk[@]}" p5 p6
new_switch sw2 2 "${trunk[@]}" p4 p5
new_switch sw3 3 p4 p5
ip -n hub link add br0 type bridge
for port in p1 p2 p3; do ip -n hub link set $port master br0; done
ip -n hub link set br0 up
for number in 1 2 3 4 5; do ip -n h$number addr add 10.99.0.2$number/24 dev eth0; done
ip addr add 10.99.0.1/24 dev m0

mib="pass_persist .1.3.6.1.2.1.17 /usr/bin/perl $here/bridge_mib.pl"
lag="pass_persist .1.2.840.10006.300.43 /usr/bin/perl $here/bridge_mib.pl"
for number in 1 2 3; do run_snmpd sw$number 1$number "$mib" "$lag"; done
for number in 1 2 3 4; do run_snmpd h$number 2$number; done
for name in sw1 sw2; do run_lldpd $name -x -X "$work/$name.agentx"; done
run_lldpd h1
start_collector
login

answers() { snmpget -v2c -c net-secret -t 1 -r 0 "10.99.0.$1" 1.3.6.1.2.1.1.5.0; }
for address in 11 12 13 21 22 23 24; do
  wait_for 60 answers $address || fail "10.99.0.$address does not answer"
done
hears() { [ "$(lldpcli "$1" -f keyvalue show neighbors | grep -c '\.chassis\.name=')" = "$2" ]; }
wait_for 40 hears sw1 3 || fail "sw1 does not hear its three LLDP neighbours"
wait_for 40 hears sw2 2 || fail "sw2 does not hear its two LLDP neighbours"
# What has been silent for five minutes is unlearned; everybody says something before a scan.
everybody_talks() {
  local name
  for name in sw1 sw2 sw3 h1 h2 h3 h4 h5; do in_ns $name bash -c 'echo >/dev/udp/10.99.0.1/9; echo >/dev/udp/10.99.0.11/9'; done
  sleep 1
}
everybody_talks

censo scan credential set net --community-file <(echo net-secret)
censo scan run 10.99.0.11-10.99.0.13 10.99.0.21-10.99.0.25 --credential net --name whole
censo scan run --job whole  # now that all are known, each can say who is beside it

# All cables with the ports of both ends, one a line, whichever end saw them.
cables() {
  local name
  for name in sw1 sw2 sw3 h1 h2 h3 h4; do
    censo ci links $name -o json | jq -r --arg me $name \
      '.items[] | "\($me) \(.local_port) - \(.other.name) \(.remote_port)\(if .addresses_at_port then " shared" else "" end)"'
  done | sort
}
truth=$(printf '%s\n' 'sw1 p2 - sw2 p2' 'sw1 p3 - sw2 p3' 'sw1 p5 - h1 eth0' 'sw1 p6 - h4 eth0 shared' 'sw2 p4 - sw3 p4' 'sw2 p5 - h2 eth0' 'sw3 p5 - h3 eth0' |
  sed -E 's/^(\S+ \S+) - (\S+ \S+)(.*)$/&\n\2 - \1\3/' | sort)
same "every cable is found, and none is invented" "$truth" "$(cables)"
same "nothing is there twice" "h1 h2 h3 h4 sw1 sw2 sw3" \
  "$(for class in switch router network_device server; do censo ci list --class $class --field name; done | sort -u | xargs)"
for address in 11 12 13; do
  everybody_talks
  censo scan run 10.99.0.$address --credential net --name "only $address" >/dev/null
  same "scanning sw of 10.99.0.$address alone moves nothing" "$truth" "$(cables)"
done
same "a cable has the words of both ends" "p2 > sw2 p2: sw1 by lldp; sw2 by lldp" \
  "$(censo ci links sw1 -o json | jq -r '.items[] | select(.local_port == "p2") | "\(.local_port) > \(.other.name) \(.remote_port): \(.seen_by)"')"
holds "that to a silent switch is known by the spanning tree" jq -e '.items[] | select(.other.name == "sw3").seen_by | contains("sw3 by stp")' \
  <<<"$(censo ci links sw2 -o json)"
same "the host without an agent is known by its address and place" "sw1 p6 10.99.0.25" \
  "$(censo scan coverage -o json | jq -r '.addresses[] | select(.mac == "00:1b:21:00:00:25") | "\(.device.name) \(.port) \(.addresses[0])"')"
echo "$checks checks"
