-- Tenants (docs/desk.md): which one a person belongs to, and whose a ticket is. An item's stands among its attributes.
alter table desk_person add column tenant text not null default '';  -- '': to none, all is seen
alter table ticket add column tenant text not null default '';       -- '': nobody's in particular; repeats a field
create index ticket_by_tenant on ticket (tenant, id, is_open, state, kind, priority, assignee, group_name) where tenant <> '';
alter table ci add column tenant text not null default '';           -- the same of an attribute
update ci set tenant = attributes ->> 'tenant' where attributes ->> 'tenant' is not null;
create index ci_by_tenant on ci (tenant, name, id) where tenant <> '';
