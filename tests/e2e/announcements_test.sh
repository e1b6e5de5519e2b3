#!/usr/bin/env bash
# A printer that answers neither pings nor SNMP, on a segment of the collector: it is found by what it announces by mDNS. Where all of the segment
# is scanned it is asked by multicast; where an address of it is excluded nobody is, and it is heard when it speaks unasked.
# Usage: announcements_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
for needed in perl ip jq; do
  PATH=$PATH:/usr/sbin:/sbin command -v $needed >/dev/null || { echo "needs $needed"; exit 77; }
done
mkdir -p /run/netns
mount -t tmpfs none /run/netns
ip netns add printer 2>/dev/null && ip link add wire type veth peer name eth0 netns printer 2>/dev/null || { echo "needs network name spaces"; exit 77; }
ip addr add 10.98.0.1/29 dev wire
ip link set wire up
ip -n printer addr add 10.98.0.2/29 dev eth0
ip -n printer link set eth0 up
ip -n printer addr add 10.99.0.9/32 dev eth0  # an address of another network: its datagrams have a sender that is made up
ip netns exec printer sysctl -qw net.ipv4.icmp_echo_ignore_all=1

# Answers to the group alone, and, once $work/speak is there, says the same to the group now and then. What it was asked is in $work/asked.
cat >"$work/printer.pl" <<'PERL'
use strict; use warnings; use Socket; use IO::Select;
my ($work, $own) = @ARGV;
my $group = inet_aton("224.0.0.251");
socket(my $agent, PF_INET, SOCK_DGRAM, 0); bind($agent, sockaddr_in(161, INADDR_ANY)) or die "161: $!";  # is silent
socket(my $mdns, PF_INET, SOCK_DGRAM, 0);
setsockopt($mdns, SOL_SOCKET, SO_REUSEADDR, 1);
bind($mdns, sockaddr_in(5353, $group)) or die "5353: $!";
setsockopt($mdns, 0, 35, $group . inet_aton($own)) or die "membership: $!";  # IP_ADD_MEMBERSHIP
socket(my $speaker, PF_INET, SOCK_DGRAM, 0);
bind($speaker, sockaddr_in(0, inet_aton($own))) or die "speaker: $!";
setsockopt($speaker, 0, 32, inet_aton($own)) or die "interface: $!";  # IP_MULTICAST_IF
socket(my $stranger, PF_INET, SOCK_DGRAM, 0);
bind($stranger, sockaddr_in(0, inet_aton("10.99.0.9"))) or die "stranger: $!";
setsockopt($stranger, 0, 32, inet_aton($own)) or die "interface: $!";
sub name { join("", map { chr(length) . $_ } @_) . "\0" }
sub record { my ($name, $type, $data) = @_; $name . pack("nnNn", $type, 0x8001, 120, length $data) . $data }
my $service = name("Hall", "_ipp", "_tcp", "local");
my $answer = pack("n6", 0, 0x8400, 0, 2, 0, 0) .
  record($service, 33, pack("nnn", 0, 0, 631) . name("hall-printer", "local")) .
  record($service, 16, join("", map { chr(length) . $_ } "ty=Brother HL-5370DW", "usb_MFG=Brother"));
open(my $asked, ">>", "$work/asked"); $asked->autoflush(1);
open(my $ready, ">", "$work/ready"); close $ready;
my $waiting = IO::Select->new($mdns);
while (1) {
  if ($waiting->can_read(0.3)) {
    my $from = recv($mdns, my $question, 9000, 0) // next;
    my ($port, $address) = sockaddr_in($from);
    next if (unpack("n2", $question))[1] & 0x8000;  # an answer
    print $asked inet_ntoa($address), "\n";
    send($speaker, $answer, 0, $from);
  }
  next unless -e "$work/speak";
  send($speaker, $answer, 0, sockaddr_in(5353, $group));
  send($stranger, $answer =~ s/hall-printer/fake-printer/r, 0, sockaddr_in(5353, $group));
}
PERL
ip netns exec printer perl "$work/printer.pl" "$work" 10.98.0.2 >"$work/printer.log" 2>&1 &
pids+=("$!")
wait_for 10 test -e "$work/ready" || fail "the printer does not start"

start_collector
login
echo net-secret >"$work/community"
censo scan credential set net --community-file "$work/community"

exits 7 censo scan run 10.98.0.0/29 --credential net --sweep --name plain
same "without announcements nobody is there" 0 "$(censo ci list --class printer -o json | jq '.items | length')"
lacks "nobody was asked" test -s "$work/asked"

exits 7 censo scan run 10.98.0.0/29 --credential net --sweep --announcements --exclude 10.98.0.5 --name part
lacks "with an exclusion nobody is asked by multicast" test -s "$work/asked"
touch "$work/speak"
exits 7 censo scan run 10.98.0.0/29 10.99.0.9 --credential net --sweep --announcements --exclude 10.98.0.5 --name listening
same "who speaks unasked is heard, and nobody by the address of another network" hall-printer "$(censo ci list --class printer -o json | jq -r '.items[].name')"
lacks "nobody was asked for it" test -s "$work/asked"
rm "$work/speak"

exits 7 censo scan run 10.98.0.0/29 --credential net --sweep --announcements --name whole
same "the whole segment is asked at once" 10.98.0.1 "$(sort -u "$work/asked")"
same "it is one item" 1 "$(censo ci list --class printer -o json | jq '.items | length')"
same "with its maker and model" "Brother HL-5370DW" "$(censo ci show hall-printer -o json | jq -r '.attributes | "\(.manufacturer) \(.model)"')"
same "and what it said" "mdns" "$(censo scan show whole --address 10.98.0.2 -o json | jq -r '[.. | .what? // empty] | map(select(. == "mdns")) | first')"
echo "$checks checks passed"
