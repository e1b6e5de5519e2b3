-- How many of the items that an item needs by one relation must be up, as people say it. A row holds from `since` until just
-- before `until` (collector's time); null: now.
create table redundancy_rule (
  ci_id bigint not null references ci (id) on delete cascade,
  relation text not null,
  since bigint not null,
  until bigint,
  min_up bigint not null,
  set_by text not null,
  primary key (ci_id, relation, since)
);
