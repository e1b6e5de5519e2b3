-- How many addresses a device learned at one port, and which addresses a MAC address has: each from an index alone.
create index learned_at_port on learned_address (source_id, port, address, mac) where address = '';
create index learned_pair on learned_address (mac, address, source_id) where address <> '';
