-- What requests hold until they are fulfilled (docs/desk.md).
create table reservation (
  ticket_id bigint not null references ticket (id) on delete cascade,
  name text not null,               -- of the catalogue's item
  ci_id bigint not null references ci (id) on delete cascade,
  person text not null,
  at bigint not null,
  ended_at bigint not null,         -- 0: it is held
  outcome text not null,            -- used, released; '': it is held
  primary key (ticket_id, name)
);
create index reservation_by_ci on reservation (ci_id) where ended_at = 0;
create index ci_in_stock on ci (class, name, id) where stage = 'stock';
