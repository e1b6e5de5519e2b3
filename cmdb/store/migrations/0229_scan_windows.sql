-- Weekly spans in which a scan job alone may run, or may not (collector/jobs/scan_windows.h).
alter table scan_job add column windows text not null default '[]';   -- JSON list of texts
alter table scan_run add column forced bigint not null default 0;     -- it runs outside of them too
