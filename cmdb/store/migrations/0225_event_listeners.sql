-- What a collector took of traps and syslog and could not write, and where it takes syslog over TLS (docs/events.md).
alter table event_listener add column lost bigint not null default 0;       -- messages, in all
alter table event_listener add column lost_at bigint not null default 0;    -- the last time; 0: never
alter table event_listener add column loss text not null default '';        -- why, the last time
alter table event_listener add column syslog_tls text not null default '';  -- address and port; '': none is taken
