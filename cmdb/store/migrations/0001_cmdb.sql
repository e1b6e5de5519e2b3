-- The configuration items and everything that reports say of them. docs/cmdb.md explains the tables.
-- Ids come from base::next_id, times are milliseconds since 1970.

-- Who reports: kind 'agent', 'scanner', 'import' or 'person'; native_id is the agent's UUID, the scan job, the import's name.
create table origin (
  id bigint primary key,
  kind text not null,
  native_id text not null,
  unique (kind, native_id)
);

create table ci (
  id bigint primary key,
  class text not null,
  name text not null,
  stage text not null,
  attributes json not null,          -- the values shown, chosen by source rank from ci_value
  first_seen bigint not null
);
create index ci_by_name on ci (name, id);
create index ci_by_class on ci (class, name, id);

-- Every value by which an item is found, in its canonical form (lower case). identifying = 1: an identity rule's key, which one
-- item owns; 0: a look-up only (names, addresses, and keys that another item owns already).
create table ci_key (
  rule text not null,
  value text not null,
  ci_id bigint not null references ci (id),
  identifying smallint not null,
  primary key (value, rule, ci_id)
);
create unique index ci_key_owner on ci_key (rule, value) where identifying = 1;
create index ci_key_of_ci on ci_key (ci_id);

-- One stream of reports about one subject: an agent's host, a device as one scan job sees it. An unchanged report updates one
-- row here and nothing else.
create table ci_source (
  id bigint primary key,
  origin_id bigint not null references origin (id),
  native_key text not null,          -- tells the subjects of an origin apart where they have no identity; '' otherwise
  ci_id bigint not null references ci (id),
  sequence bigint not null,
  content_digest text not null,
  version text not null,             -- of the program that reported
  problems json not null,            -- of the last report
  first_seen bigint not null,
  last_seen bigint not null,
  ended_at bigint,                   -- the origin was retired: its item may be taken over
  unique (origin_id, ci_id)
);
create index ci_source_of_ci on ci_source (ci_id);
create index ci_source_by_native_key on ci_source (origin_id, native_key) where native_key <> '';

create table source_section (
  source_id bigint not null references ci_source (id),
  section text not null,
  digest text not null,
  complete smallint not null,        -- 1: it was complete at least once
  primary key (source_id, section)
);

-- What one source says of one item: its own subject or another one that it names.
create table ci_value (
  ci_id bigint not null references ci (id),
  source_id bigint not null references ci_source (id),
  class text not null,
  name text not null,
  sections json not null,            -- {"<section>": {"<attribute>": value}}
  ended_at bigint,                   -- last seen, once the source names it no more
  primary key (ci_id, source_id)
);
create index ci_value_of_source on ci_value (source_id);

-- Components: every distinct row is kept once for all items (a package in one version on 1,000 hosts is one row), and an item
-- has a packed list of their ids for each source and section.
create table component_row (
  id bigint primary key,
  digest bytea not null unique,      -- first 16 bytes of SHA-256 over class and attributes
  class text not null,
  attributes json not null           -- without the operational ones
);
create table component_set (
  ci_id bigint not null references ci (id),
  source_id bigint not null references ci_source (id),
  section text not null,
  packed_rows bytea not null,        -- sorted ids of component_row, differences as varints
  operational bytea not null,        -- zstd of {"<id of component_row>": {"<attribute>": value}}; empty: none
  transient bytea not null,          -- zstd of a JSON array: rows of classes that have no history; empty: none
  primary key (ci_id, source_id, section)
);

create table relationship (
  id bigint primary key,
  type text not null,
  from_ci bigint not null references ci (id),
  to_ci bigint not null references ci (id),
  source_id bigint not null references ci_source (id),
  section text not null,
  evidence json not null,
  first_seen bigint not null,
  ended_at bigint                    -- last seen, once it is gone; until then the source's last_seen holds
);
create unique index relationship_from on relationship (from_ci, type, to_ci, source_id, section) where ended_at is null;
create index relationship_to on relationship (to_ci, type) where ended_at is null;
create index relationship_of_source on relationship (source_id, section) where ended_at is null;

create table history (
  id bigint primary key,
  ci_id bigint not null references ci (id),
  at bigint not null,
  not_before bigint not null,
  origin text not null,
  what text not null,
  subject text not null,
  old_value text not null,
  new_value text not null
);
create index history_of_ci on history (ci_id, id);

-- An identifier that a report has and another item owns: never followed silently, for people to decide.
create table conflict (
  id bigint primary key,
  ci_id bigint not null references ci (id),
  other_ci_id bigint not null references ci (id),
  rule text not null,
  value text not null,
  origin_id bigint not null references origin (id),
  at bigint not null,
  resolved_at bigint,
  unique (ci_id, other_ci_id, rule, value)
);
