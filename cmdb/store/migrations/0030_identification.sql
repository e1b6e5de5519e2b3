-- How items were identified, what people have to decide, and what they decided. docs/identification.md explains the tables.

-- boot_id, boot_since: the running system that reported last, and since when it does. fingerprint: digest of the hardware it shows.
alter table ci_source add column boot_id text not null default '';
alter table ci_source add column boot_since bigint not null default 0;
alter table ci_source add column fingerprint text not null default '';

-- Identifiers that components carry (disks, members of a stack, adapters that move), by section.
alter table ci_value add column evidence json not null default '{}';

-- The systems that reported under one agent's id. stranger = 1: it is another machine than the stream's item.
create table agent_sighting (
  source_id bigint not null references ci_source (id),
  boot_id text not null,
  fingerprint text not null,
  first_seen bigint not null,
  last_seen bigint not null,
  stranger smallint not null,
  primary key (source_id, boot_id, fingerprint)
);

-- One decision on whose item a report speaks of, with what was weighed.
create table identification (
  id bigint primary key,
  ci_id bigint not null references ci (id),
  source_id bigint,
  at bigint not null,
  outcome text not null,             -- new, linked, review, waiting, clone, merged, separated
  rule text not null,
  score double precision not null,
  explanation json not null
);
create index identification_of_ci on identification (ci_id, id);

-- Two items that may be one. state: waiting (time will tell), open (a person decides), later, same, different, dropped.
create table review (
  id bigint primary key,
  ci_id bigint not null references ci (id),
  other_ci_id bigint not null references ci (id),
  kind text not null,
  state text not null,
  score double precision not null,
  evidence text not null,            -- the values that speak for it, one a line: what is new is seen by it
  explanation json not null,
  source_id bigint,
  at bigint not null,
  due_at bigint,                     -- when to look again; null: never
  decided_by text,
  decided_at bigint,
  reason text,
  unique (ci_id, other_ci_id)
);
create index review_by_state on review (state, id);
create index review_of_other on review (other_ci_id);
create index review_due on review (due_at) where due_at is not null;

create table merge_record (
  id bigint primary key,
  ci_id bigint not null references ci (id),
  into_ci bigint not null references ci (id),
  at bigint not null,
  actor text not null,
  reason text not null,
  undone_at bigint,
  undone_by text,
  undo_reason text
);
create index merge_record_of_ci on merge_record (ci_id, id);
create index merge_record_into on merge_record (into_ci, id);

-- Beside the lists that ship: verdict 'junk' adds a value, 'allowed' takes a listed one out. origin: person or learnt.
create table junk_identifier (
  kind text not null,
  value text not null,
  verdict text not null,
  origin text not null,
  evidence json not null,
  actor text not null,
  reason text not null,
  at bigint not null,
  primary key (value, kind)
);
create index junk_by_verdict on junk_identifier (verdict, kind, value);

-- Reports that say nothing by which an item could be found, as they came.
create table unidentified_report (
  id bigint primary key,
  origin_kind text not null,
  origin_id text not null,
  digest text not null,
  subject_class text not null,
  subject_name text not null,
  problem text not null,
  first_at bigint not null,
  last_at bigint not null,
  times bigint not null,
  body bytea not null,               -- zstd of the report's JSON
  state text not null,               -- open, assigned, discarded
  ci_id bigint,
  decided_by text,
  decided_at bigint,
  reason text,
  unique (origin_kind, origin_id, digest)
);
create index unidentified_by_state on unidentified_report (state, id);
