-- Tickets that time makes: before a date of an item, and again and again (docs/desk.md).

-- What was made of a date, so that it is made once.
create table date_task (
  rule text not null,             -- of schemas/dates.yaml
  ci_id bigint not null references ci (id) on delete cascade,
  date_at bigint not null,
  ticket text not null,           -- number
  primary key (rule, ci_id)
);
create index date_task_by_ci on date_task (ci_id);

-- How far the round through the items has come: one row.
create table date_round (
  id bigint primary key,
  began_at bigint not null,
  place bigint not null,          -- among the rules' classes; -1: it has ended
  name text not null,             -- of the last item
  last_id bigint not null         -- its id, which may be gone
);
insert into date_round (id, began_at, place, name, last_id) values (1, 0, -1, '', 0);

create table recurring_ticket (
  name text primary key,
  template text not null,         -- of ticket_template
  schedule text not null,         -- as that of a scan job
  zone text not null,             -- of the tz database
  next_at bigint not null,        -- 0: never
  last_at bigint not null,        -- 0: not yet
  last_ticket text not null,
  problem text not null,          -- why the last one was not made
  person text not null,           -- who wrote it last, and is the tickets' requester
  at bigint not null
);
create index recurring_ticket_by_next_at on recurring_ticket (next_at) where next_at > 0;
