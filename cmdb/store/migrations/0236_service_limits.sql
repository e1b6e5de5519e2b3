-- Limits of tickets' targets for services and customers, besides those of schemas/tickets (docs/service-levels.md).
create table service_limit (
  name text primary key,
  kind text not null,             -- of ticket
  target text not null,
  ci_id bigint references ci (id),  -- the service; null: any
  tenant text not null,           -- '': any, as with what follows
  category text not null,
  priority text not null,
  limit_text text not null,       -- 4h, 3d
  calendar text not null,
  person text not null,           -- who wrote it last
  at bigint not null
);
create index service_limit_by_kind on service_limit (kind);
create index service_limit_by_ci on service_limit (ci_id) where ci_id is not null;
