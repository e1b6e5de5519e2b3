-- Links that were drawn by lot for a person to look at: how often identification is right (docs/identification.md).
create table identification_audit (
  identification_id bigint primary key references identification (id),
  ci_id bigint not null,
  drawn_at bigint not null,
  drawn_by text not null,
  verdict text not null,          -- '': nobody has looked yet; right, wrong
  decided_at bigint not null,
  decided_by text not null,
  reason text not null
);
create index identification_audit_of_ci on identification_audit (ci_id);
