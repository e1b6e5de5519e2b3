-- Which supplier a ticket was handed to, and who may raise the urgency of what he asked for (docs/desk.md).
alter table ticket add column supplier text not null default '';  -- repeats a field
update ticket set supplier = fields ->> 'supplier' where is_open = 1 and fields ->> 'supplier' is not null;
create index ticket_by_supplier on ticket (supplier, id) where supplier <> '';
alter table desk_person add column vip smallint not null default 0;
-- How a device was read last, when what a change touched is looked at again (docs/changes.md).
create index scan_device_by_ci on scan_device (ci_id, run_id) where ci_id is not null;
