-- What is needed to ask as of any moment: the past of components and relationships, folded; which items changed when.
-- docs/history.md explains it. All times here are the collector's: when it knew.

-- A state that came back within the fold window is one row: since and until are its first and last moment, again the
-- intervals in between (see cmdb/time_spans.h); null: one interval.
alter table ci_past add column again bytea;
create index ci_past_by_name on ci_past (name, ci_id, until);
create index ci_past_by_class on ci_past (class, name, ci_id, until);
create index ci_past_by_merged_into on ci_past (merged_into, until) where merged_into is not null;

-- Before this moment the past of the item, of its components, was thrown away or never kept. 0: all is there.
alter table ci add column kept_from bigint not null default 0;
alter table ci add column components_kept_from bigint not null default 0;
update ci set components_kept_from = coalesce((select max(s.last_seen) from component_set c
  join ci_source s on s.id = c.source_id where c.ci_id = ci.id), 0);

alter table component_set add column since bigint not null default 0;   -- when the section was first said of the item
alter table ci_value add column first_seen bigint not null default 0;   -- when the source first named the item
update ci_value set first_seen = coalesce((select s.first_seen from ci_source s where s.id = ci_value.source_id), 0);

-- One change of a component_set. The set as of T is the set of now with all later changes undone.
create table component_past (
  id bigint primary key,
  ci_id bigint not null references ci (id) on delete cascade,
  source_id bigint not null,
  section text not null,
  at bigint not null,                -- the last time it was done or undone
  removed bytea not null,            -- packed ids of component_row, as in component_set
  added bytea not null,
  again bytea                        -- every time it was done, undone, done again ...; null: done once, at `at`
);
create index component_past_of_ci on component_past (ci_id, at);

-- ended_at is when the source last saw it; gone_at is when it was known to be gone. One that begins again within the
-- fold window has its row again; gaps are the intervals in which it was not there.
alter table relationship add column gone_at bigint;
alter table relationship add column gaps bytea;
update relationship set gone_at = ended_at where ended_at is not null;
create index relationship_past_from on relationship (from_ci, gone_at) where ended_at is not null;
create index relationship_past_to on relationship (to_ci, gone_at) where ended_at is not null;

-- The last time that anything of an item changed: itself, its components, its relationships.
create table item_change (
  ci_id bigint primary key,
  at bigint not null
);
insert into item_change (ci_id, at) select id, case when components_kept_from > since then components_kept_from
  else since end from ci;

-- A change that comes again within the fold window is counted on its entry, which moves to the new time.
alter table history add column times bigint not null default 1;
alter table history add column first_at bigint not null default 0;      -- of the first time; 0: as `at`
create index history_by_time on history (at, id);
drop index history_of_ci;
create index history_of_ci on history (ci_id, at, id);

-- Before which moment something of the past of items of a class was thrown away: what is "items" or "components".
create table history_horizon (
  class text not null,
  what text not null,
  kept_from bigint not null,
  primary key (class, what)
);
