-- Who follows a ticket, and what new tickets begin with (docs/desk.md).
create table ticket_watcher (
  ticket_id bigint not null references ticket (id) on delete cascade,
  person text not null,
  primary key (ticket_id, person)
);
create index ticket_watcher_by_person on ticket_watcher (person, ticket_id);

create table ticket_template (
  name text primary key,
  kind text not null,
  title text not null,
  description text not null,
  fields json not null,           -- as in ticket
  person text not null,           -- who wrote it last
  at bigint not null
);
