-- Who takes a ticket (docs/desk.md): members of groups, their skills, and rules.
create table desk_member (
  group_name text not null,
  person text not null,
  primary key (group_name, person)
);

create table desk_skill (
  person text not null,
  skill text not null,
  primary key (person, skill)
);

create table assignment_rule (
  name text primary key,
  place bigint not null,            -- the lowest that fits counts
  kind text not null,               -- of the ticket; '': any, as with what follows
  category text not null,
  tenant text not null,
  query text not null,              -- that one of the ticket's items fits
  group_name text not null,         -- '': the support group of that item
  skills text not null,             -- of who is picked, one a line
  picks smallint not null,          -- 1: one of the group, 0: the group alone
  person text not null,             -- who wrote it last
  at bigint not null
);

-- How many tickets somebody has in hand.
create index ticket_in_hand on ticket (assignee, is_open, id) where assignee <> '';
