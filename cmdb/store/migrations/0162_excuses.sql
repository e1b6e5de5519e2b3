-- A breach is set once and never cleared; a desk manager may excuse it (docs/service-levels.md).
alter table ticket_target add column excused_by text not null default '';  -- '': nobody did
alter table ticket_target add column excused_at bigint not null default 0;
alter table ticket_target add column excuse text not null default '';
