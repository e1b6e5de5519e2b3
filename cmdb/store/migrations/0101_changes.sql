-- Changes: what they mean to modify and who agreed; and the differences that reports told (docs/changes.md).

-- One thing that a change means to modify: of one item of its scope, or of all (ci_id 0).
create table change_modification (
  id bigint primary key,
  ticket_id bigint not null references ticket (id) on delete cascade,
  ci_id bigint not null,
  subject text not null,          -- attribute, component class with its key or without, relation type, or a named group
  new_value text not null         -- '': any
);
create index change_modification_by_ticket on change_modification (ticket_id, id);
create index change_modification_by_ci on change_modification (ci_id) where ci_id <> 0;

-- Only ever added to. A vote counts for the version of the plan that it was given for.
create table change_vote (
  ticket_id bigint not null references ticket (id) on delete cascade,
  plan_version bigint not null,
  person text not null,
  in_favour smallint not null,
  at bigint not null,
  primary key (ticket_id, plan_version, person)
);

create table detected_change (
  id bigint primary key,
  ci_id bigint not null,
  at bigint not null,             -- first report of the new value
  not_before bigint not null,     -- last report of the old value; 0: unknown
  origin text not null,
  what text not null,             -- as in history
  subject text not null,
  old_value text not null,
  new_value text not null,
  state text not null,            -- new, noise, expected, matched, unauthorised, accepted, reverted
  verdict text not null,          -- of a matched one: exact, partial, late, early
  rule text not null,             -- why it is noise or expected, or who decided
  ticket text not null,           -- number of the change that it is matched with or accepted as
  group_id bigint not null,       -- the first of its group, for unauthorised ones; 0: none
  decided_at bigint not null,
  decided_by text not null,       -- '': the collector
  reason text not null
);
create index detected_change_of_ci on detected_change (ci_id, at);
create index detected_change_by_state on detected_change (state, id);
create index detected_change_by_ticket on detected_change (ticket) where ticket <> '';
create index detected_change_by_group on detected_change (group_id) where group_id <> 0;

-- How far the history was read: one row. What was there before is no detected change.
create table detection_cursor (
  id bigint primary key,
  history_id bigint not null
);
insert into detection_cursor (id, history_id) values (1, coalesce((select max(id) from history), 0));

-- What people decided once and want decided alike until a day (rule 46).
create table detection_verdict (
  id bigint primary key,
  ci_id bigint not null,          -- 0: any item
  class text not null,            -- of the item, with its subclasses; '': any
  subject text not null,
  value text not null,            -- the new one; '': any
  state text not null,            -- noise or expected
  until bigint not null,
  person text not null,
  reason text not null,
  made_at bigint not null
);
