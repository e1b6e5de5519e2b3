#!/usr/bin/perl
# A Linux bridge as a switch: serves BRIDGE-MIB (RFC 4188) and dot3adAggPortAttachedAggID of IEEE8023-LAG-MIB to snmpd by its pass_persist
# protocol, from what the kernel says of br0.
use strict;
use warnings;
$| = 1;

my $net = '/sys/class/net';
my (%values, @names, $read_at);

sub line_of { open(my $file, '<', shift) or return ''; my $line = <$file> // ''; chomp $line; return $line }
sub octets_of { return join ' ', map { sprintf '%02X', hex } split /:/, shift }
sub sort_key { return join '.', map { sprintf '%010u', $_ } split /\./, shift }
sub set { my ($name, $type, $value) = @_; $values{$name} = [$type, $value] }

sub read_bridge {
  return if defined $read_at && time - $read_at < 2;
  $read_at = time;
  %values = ();
  my $bridge = '1.3.6.1.2.1.17';
  my %number;  # of each port
  set("$bridge.1.1.0", 'octet', octets_of(line_of("$net/br0/address")));
  for my $path (glob "$net/br0/brif/*") {
    my ($port) = $path =~ m{([^/]+)$};
    my $number = $number{$port} = hex line_of("$path/port_no");
    my $state = (1, 3, 4, 5, 2)[line_of("$path/state")];
    my ($priority, $mac) = split /\./, line_of("$path/designated_bridge");
    set("$bridge.1.4.1.2.$number", 'integer', line_of("$net/$port/ifindex"));
    set("$bridge.2.15.1.3.$number", 'integer', $state);
    set("$bridge.2.15.1.8.$number", 'octet', join ' ', map { uc } "$priority$mac" =~ /../g);
    set("$bridge.2.15.1.9.$number", 'octet', sprintf '%02X %02X', line_of("$path/designated_port") >> 8, line_of("$path/designated_port") & 255);
  }
  set("$bridge.1.2.0", 'integer', scalar keys %number);
  for my $row (qx(bridge fdb show br br0)) {
    next unless $row =~ /^(\S+) dev (\S+) .*master br0/ && $number{$2} && $row !~ /self|permanent|static/;
    my $index = join '.', map { hex } split /:/, $1;
    set("$bridge.4.3.1.2.$index", 'integer', $number{$2});
    set("$bridge.4.3.1.3.$index", 'integer', 3);
  }
  for my $path (glob "$net/*/master") {
    my ($port, $bond) = ($path =~ m{([^/]+)/master$}, readlink($path) =~ m{([^/]+)$});
    next unless -d "$net/$bond/bonding";
    set('1.2.840.10006.300.43.1.2.1.1.13.' . line_of("$net/$port/ifindex"), 'integer', line_of("$net/$bond/ifindex"));
  }
  @names = sort { sort_key($a) cmp sort_key($b) } keys %values;
}

sub answer {
  my $name = shift;
  return print "NONE\n" unless defined $name && $values{$name};
  print ".$name\n$values{$name}[0]\n$values{$name}[1]\n";
}

while (my $command = <STDIN>) {
  chomp $command;
  if ($command eq 'PING') { print "PONG\n"; next }
  last unless $command =~ /^get(next)?$/;
  my $next = $1;
  chomp(my $name = <STDIN>);
  $name =~ s/^\.//;
  read_bridge();
  if (!$next) { answer($name); next }
  my $key = sort_key($name);
  my ($found) = grep { sort_key($_) gt $key } @names;
  answer($found);
}
