-- Several collectors may share the database. A run belongs to the collector where it was queued: that one scans, and only that one
-- takes it for interrupted when it starts anew. '' until now.
alter table scan_run add column collector text not null default '';
