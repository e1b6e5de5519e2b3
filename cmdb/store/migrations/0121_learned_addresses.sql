-- Who is where in the network, as devices found out themselves: MAC addresses that switches learned at their ports, and
-- IP addresses that MAC addresses have (ARP, neighbour discovery). Of each source's last scan alone.
create table learned_address (
  source_id bigint not null references ci_source (id),
  mac text not null,
  address text not null,             -- IP address; '' in rows of forwarding tables
  port text not null,                -- the aggregate, where the port is a member of one
  primary key (source_id, mac, address, port)
);
create index learned_address_by_mac on learned_address (mac);
create index learned_address_by_address on learned_address (address, mac) where address <> '';
