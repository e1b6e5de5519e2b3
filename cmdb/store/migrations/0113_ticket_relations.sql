-- What tickets say of each other: a problem's incidents, a release's changes, what a change caused (docs/desk.md).
create table ticket_relation (
  from_ticket bigint not null references ticket (id) on delete cascade,
  relation text not null,         -- of schemas/tickets, of the first ticket's kind
  to_ticket bigint not null references ticket (id) on delete cascade,
  at bigint not null,
  actor text not null,
  primary key (from_ticket, relation, to_ticket)
);
create index ticket_relation_by_to on ticket_relation (to_ticket, relation);
