-- Small rows that are found by their key alone: SQLite keeps them in the key's order instead of once more beside it.

create table ci_key_by_item (
  ci_id bigint not null references ci (id),
  rule text not null,
  value text not null,
  identifying smallint not null,
  primary key (ci_id, rule, value)
) without rowid;
insert into ci_key_by_item (ci_id, rule, value, identifying)
  select ci_id, rule, value, identifying from ci_key order by ci_id, rule, value;
drop table ci_key;
alter table ci_key_by_item rename to ci_key;
create index ci_key_by_value on ci_key (value, rule, ci_id);
create unique index ci_key_owner on ci_key (rule, value) where identifying = 1;

create table section_by_source (
  source_id bigint not null references ci_source (id),
  section text not null,
  digest text not null,
  complete smallint not null,        -- 1: it was complete at least once
  rows_only smallint not null default 0,   -- 1: an agent may leave it out of a report while its digest is this one
  primary key (source_id, section)
) without rowid;
insert into section_by_source (source_id, section, digest, complete, rows_only)
  select source_id, section, digest, complete, rows_only from source_section order by source_id, section;
drop table source_section;
alter table section_by_source rename to source_section;
