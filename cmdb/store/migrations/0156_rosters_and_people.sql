-- Who is on call in a group, tickets of it that nobody has taken, and departments of people (docs/desk.md).
create table roster (
  group_name text primary key,
  unassigned_min bigint not null,   -- so long a ticket waits for somebody before one is called
  acknowledge_min bigint not null,  -- so long he has until the next one is
  person text not null,             -- who wrote it last
  at bigint not null
);

create table roster_shift (
  group_name text not null references roster (group_name) on delete cascade,
  name text not null,
  person text not null,
  place bigint not null,            -- who is called first has the lowest
  zone text not null,
  starts text not null,             -- on the wall of its zone, of the first time
  ends text not null,
  repeats text not null,            -- '': once
  primary key (group_name, name)
);

-- One row a ticket that waits, or whose call was not acknowledged yet.
create table on_call_wait (
  ticket_id bigint primary key references ticket (id) on delete cascade,
  group_name text not null,
  since bigint not null,
  called text not null,             -- people, one a line, the last one last
  called_at bigint not null,        -- 0: nobody was called yet
  told smallint not null,           -- 1: the desk manager knows that nobody else is on call
  next_at bigint not null
);
create index on_call_wait_by_next_at on on_call_wait (next_at);

-- Whose tickets people see who have no role at the desk, besides their own.
create table desk_person (
  person text primary key,          -- a token's name, or a requester's
  department text not null,
  sees_department smallint not null -- 1: also the tickets that others of it asked for
);
create index desk_person_by_department on desk_person (department);
