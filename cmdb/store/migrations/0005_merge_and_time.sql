-- An item may stand for another (a merge: an edge that can be taken back), and what an item was before is kept.

-- merged_into: this item is the same thing as that one, which is shown instead. Every source record, key, component and
-- relationship stays where it was, so that taking the edge away gives both items back. since: from when on the item is as
-- this row has it (collector's time).
alter table ci add column merged_into bigint references ci (id);
alter table ci add column since bigint not null default 0;
update ci set since = first_seen;
create index ci_by_merged_into on ci (merged_into) where merged_into is not null;

-- What an item was from `since` until just before `until`; operational attributes are left out.
create table ci_past (
  ci_id bigint not null references ci (id),
  until bigint not null,
  since bigint not null,
  class text not null,
  name text not null,
  stage text not null,
  attributes json not null,
  merged_into bigint,
  primary key (ci_id, until)
);

-- What changed in a commit, for what is kept in memory beside the database (by this collector and by others on the same
-- database): one row a job, read again by id, so that nothing depends on the order of commits. Old rows are pruned.
create table change_feed (
  id bigint primary key,
  entries bytea not null             -- see cmdb/change_feed.h
);
