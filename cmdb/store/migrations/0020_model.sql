-- What people add: classes and relation types, what they say of relationships, and what they purged.

-- Definitions that users wrote, only ever added to: of each path the row with the highest id holds; '' is removed. The highest
-- id of all is the version of the schema.
create table schema_change (
  id bigint primary key,
  path text not null,                -- as below schemas/: classes/robot.yaml, relationships/guards.yaml
  content text not null,             -- the YAML file
  author text not null,
  at bigint not null
);
create index schema_change_by_path on schema_change (path, id);

-- confidence: in percents. expires_at: it ends then unless it is seen again, or a person's valid_to. locked_by: a person says
-- that it is so; its absence in a report does not end it. A relationship that is not valid yet has ended_at = 0 until valid_from.
alter table relationship add column confidence smallint not null default 100;
alter table relationship add column expires_at bigint;
alter table relationship add column locked_by text not null default '';
alter table relationship add column locked_at bigint;
alter table relationship add column valid_from bigint;
alter table relationship add column valid_to bigint;
create index relationship_to_end on relationship (expires_at) where ended_at is null and expires_at is not null;
create index relationship_to_begin on relationship (valid_from) where ended_at = 0;

-- A person says that this is not so: no report begins it.
create table relationship_denial (
  id bigint primary key,
  type text not null,
  from_ci bigint not null references ci (id),
  to_ci bigint not null references ci (id),
  denied_by text not null,
  denied_at bigint not null,
  unique (from_ci, type, to_ci)
);
create index relationship_denial_to on relationship_denial (to_ci);

-- Items that were taken away for good.
create table purge_log (
  id bigint primary key,
  ci_id bigint not null,
  class text not null,
  name text not null,
  attributes json not null,
  purged_by text not null,
  purged_at bigint not null,
  reason text not null
);
