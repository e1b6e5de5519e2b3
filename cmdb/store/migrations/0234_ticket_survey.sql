-- What requesters say of how their ticket was handled, once a ticket (docs/desk.md).
create table ticket_survey (
  ticket_id bigint primary key references ticket (id) on delete cascade,
  answered_at bigint not null,
  score bigint not null,          -- 1 (bad) to 5 (good)
  comment text not null
);
