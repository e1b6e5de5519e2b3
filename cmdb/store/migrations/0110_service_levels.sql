-- Service levels: what a ticket's targets have used up and when they are due (docs/service-levels.md).

-- One row for each target that has begun.
create table ticket_target (
  ticket_id bigint not null references ticket (id) on delete cascade,
  target text not null,           -- resolve, of schemas/tickets
  state text not null,            -- running, paused, met, cancelled
  reason text not null,           -- why it is paused
  calendar text not null,
  limit_text text not null,       -- as schemas/tickets has it
  limit_ms bigint not null,       -- open time
  started_at bigint not null,
  since bigint not null,          -- since when it is in this state
  elapsed_ms bigint not null,     -- open time used up until then
  due_at bigint not null,         -- 0: it does not run
  breached_at bigint not null,    -- 0: it is not breached; set once
  step bigint not null,           -- percent of the last step of its escalation
  next_step bigint not null,
  next_at bigint not null,        -- when the next step is due; 0: never
  primary key (ticket_id, target)
);
create index ticket_target_by_next_at on ticket_target (next_at) where next_at > 0;

-- The ledger, from which the row above can be computed again. Only the last interval is ever changed: it ends.
create table ticket_target_interval (
  ticket_id bigint not null references ticket (id) on delete cascade,
  target text not null,
  place bigint not null,          -- 1, 2, ...
  state text not null,            -- running, paused, met, cancelled
  reason text not null,
  calendar text not null,
  limit_ms bigint not null,
  began_at bigint not null,
  ended_at bigint not null,       -- 0: it has not ended
  open_ms bigint not null,        -- open time of it, by the calendar of that time; 0 unless it ran and has ended
  primary key (ticket_id, target, place)
);

-- For lists: the earliest due time of the targets that run, and how many are breached.
alter table ticket add column due_at bigint not null default 0;
alter table ticket add column breached bigint not null default 0;
create index ticket_by_due_at on ticket (due_at, id) where due_at > 0;
create index ticket_by_breached on ticket (id) where breached > 0;
