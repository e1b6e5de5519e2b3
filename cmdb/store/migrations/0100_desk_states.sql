-- Tickets move from state to state: their fields, what is said about them, and who may do what at the desk (docs/desk.md).

-- Fields of the kind (schemas/tickets) as a JSON object of texts. The columns after it repeat those by which tickets are
-- looked for.
alter table ticket add column fields json not null default '{}';
alter table ticket add column state_since bigint not null default 0;
alter table ticket add column is_open smallint not null default 1;   -- 0: its state is final
alter table ticket add column priority bigint not null default 0;    -- 1 to 5; 0: none
alter table ticket add column assignee text not null default '';
alter table ticket add column group_name text not null default '';
alter table ticket add column parent text not null default '';       -- a ticket's number
alter table ticket add column waits_for text not null default '';    -- a ticket's number
alter table ticket add column wake_at bigint not null default 0;     -- when its state ends by itself; 0: never
update ticket set state_since = opened_at;
create index ticket_by_open on ticket (is_open, id);
create index ticket_by_priority on ticket (priority, is_open, id);
create index ticket_by_assignee on ticket (assignee, is_open, id) where assignee <> '';
create index ticket_by_group on ticket (group_name, is_open, id) where group_name <> '';
create index ticket_by_parent on ticket (parent) where parent <> '';
create index ticket_by_waits_for on ticket (waits_for) where waits_for <> '';
create index ticket_by_wake_at on ticket (wake_at) where wake_at > 0;

-- The ticket's version after the act; 0: before versions were kept here.
alter table ticket_history add column version bigint not null default 0;

-- Comments and the work log. Only ever added to.
create table ticket_note (
  id bigint primary key,
  ticket_id bigint not null references ticket (id) on delete cascade,
  at bigint not null,
  author text not null,
  kind text not null,             -- public, internal, work
  minutes bigint not null,        -- of work
  text text not null
);
create index ticket_note_by_ticket on ticket_note (ticket_id, id);

-- Roles at the desk besides those that a token's role brings.
create table desk_role (
  person text not null,           -- a token's name
  role text not null,
  primary key (person, role)
);
