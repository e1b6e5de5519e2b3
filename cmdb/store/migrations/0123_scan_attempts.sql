-- What was tried on each address of a run, and the order in which its devices were done.
alter table scan_device add column attempts text not null default '[]';  -- JSON array, see collector/scanner/attempt.h
alter table scan_device add column sequence bigint not null default 0;   -- from 1 within the run
create index scan_device_sequence on scan_device (run_id, sequence);
