-- How agents are installed through a probe: what it says of its listener for people and enrolling hosts.
alter table probe add column server_pin text not null default '';  -- of its key, as curl --pinnedpubkey takes it; '': it has no packages
alter table probe add column api_port bigint not null default 0;   -- 0: it takes no agents
