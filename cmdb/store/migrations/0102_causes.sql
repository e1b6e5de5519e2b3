-- What was thought to be the cause when a ticket was resolved, the likeliest first, to measure how often that is right.
create table cause_ranking (
  ticket_id bigint not null references ticket (id) on delete cascade,
  rank bigint not null,           -- 1: the likeliest
  ci_id bigint not null,
  score double precision not null,
  reason text not null,
  was_cause smallint not null,    -- 1: the cause that was found
  primary key (ticket_id, rank)
);
-- Tickets that were resolved with an item as their cause, and its rank; 0: it was not among those ranked.
create table cause_found (
  ticket_id bigint primary key references ticket (id) on delete cascade,
  ci_id bigint not null,
  rank bigint not null,
  at bigint not null
);
