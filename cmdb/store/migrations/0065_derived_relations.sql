-- What relations are derived from when one report is not enough to say them. docs/derived-relations.md explains the tables.

-- Connections of one host to one address and port, as its reports tell of them over time. Kept also while nobody is known there:
-- the other host may report later. relationship_id: the depends_on that it became.
create table flow (
  id bigint primary key,
  source_id bigint not null references ci_source (id),
  host_ci bigint not null references ci (id),
  unit text not null,                -- of the local end; '' when unknown
  protocol text not null,
  remote_address text not null,
  remote_port bigint not null,
  times bigint not null,             -- reports, from the second on days, with it
  connections bigint not null,       -- the most at once
  first_seen bigint not null,
  last_seen bigint not null,         -- by the day
  server_ci bigint,                  -- the host that it led to, last time somebody looked
  relationship_id bigint
);
create unique index flow_of_source on flow (source_id, unit, protocol, remote_address, remote_port);
create index flow_to_address on flow (remote_address);
create index flow_to_server on flow (server_ci) where server_ci is not null;
create index flow_of_relationship on flow (relationship_id) where relationship_id is not null;
create index flow_by_last_seen on flow (last_seen);

-- Who was logged in at a workstation.
create table account_use (
  source_id bigint not null references ci_source (id),
  account text not null,
  times bigint not null,             -- reports, from the second on days, with it
  first_seen bigint not null,
  last_seen bigint not null,         -- by the day
  primary key (source_id, account)
);

-- The running kernel of each machine: a container has that of its host.
create table running_system (
  boot_id text not null,
  ci_id bigint not null references ci (id),
  primary key (boot_id, ci_id)
);
create index running_system_of_ci on running_system (ci_id);
