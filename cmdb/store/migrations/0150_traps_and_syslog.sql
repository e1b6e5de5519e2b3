-- SNMP traps and syslog (docs/events.md).

alter table event add column lasts_ms bigint not null default 0;   -- over when not told for so long; 0: when its end is told
create index event_occurring on event (last_at) where state = 'firing' and lasts_ms > 0;

-- SNMP credentials that vouch for traps.
create table trap_credential (
  name text primary key references snmp_credential (name) on delete cascade,
  person text not null,           -- who said so
  at bigint not null
);

-- What came from an address, and what was refused.
create table event_source (
  way text not null,              -- snmp, syslog
  address text not null,          -- '': those that there was no room for
  messages bigint not null,       -- in all
  events bigint not null,         -- of them, that became one or were counted on one
  passed bigint not null,         -- that no rule wants
  refused bigint not null,        -- unknown community or user, no message at all
  over_limit bigint not null,     -- too many within a minute
  reason text not null,           -- of the last one that was refused
  refused_at bigint not null,     -- 0: never
  last_at bigint not null,
  primary key (way, address)
);
create index event_source_by_last_at on event_source (last_at);

-- Where the collectors of this database take them.
create table event_listener (
  collector text primary key,     -- host and state folder
  traps text not null,            -- address and port; '': none are taken
  syslog text not null,
  started_at bigint not null
);
