-- A job of the collector's own, which goes when its run has ended.
alter table scan_job add column once bigint not null default 0;
