-- Moments and sets of items that people gave a name, to compare with later.
create table baseline (
  id bigint primary key,
  name text not null unique,
  at bigint not null,
  whole smallint not null,           -- 1: of everything; 0: of the items in baseline_item
  description text not null,
  created_at bigint not null,
  created_by text not null
);
create index baseline_by_at on baseline (at);
create table baseline_item (
  baseline_id bigint not null references baseline (id) on delete cascade,
  ci_id bigint not null,             -- may be gone since
  primary key (baseline_id, ci_id)
);

-- How far housekeeping has gone through the items, to throw away what is not kept any longer: one row.
create table history_round (
  id bigint primary key,
  started_at bigint not null,
  next_ci bigint not null            -- 0: the round is over
);
insert into history_round (id, started_at, next_ci) values (1, 0, 0);
