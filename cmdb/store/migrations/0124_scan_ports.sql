-- Whether a job tries TCP ports where SNMP reads nothing (schemas/ports/).
alter table scan_job add column probe_ports bigint not null default 0;
