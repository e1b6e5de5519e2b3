-- What devices announce of themselves is asked for, where a job says so.
alter table scan_job add column announcements bigint not null default 0;
