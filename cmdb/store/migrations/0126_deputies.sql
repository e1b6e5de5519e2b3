-- Who decides in whose stead (docs/desk.md).
create table desk_deputy (
  person text primary key,
  deputy text not null,
  from_at bigint not null,        -- decides at once from then on; 0: only where the person does not answer
  until_at bigint not null,
  named_by text not null,
  at bigint not null
);
create index desk_deputy_by_deputy on desk_deputy (deputy);

-- A vote is its person's; '': who cast it himself.
alter table change_vote add column voter text not null default '';
