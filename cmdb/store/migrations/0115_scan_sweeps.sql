-- Sweeps: how a job finds those that answer, and what came of that in a run.
alter table scan_job add column sweep bigint not null default 1;             -- 0: each address is tried in turn
alter table scan_job add column sweep_rate bigint not null default 20000;    -- probes a second
alter table scan_job add column subnet_rate bigint not null default 500;     -- of these to one /24 or /64
alter table scan_run add column sweep text not null default '{}';            -- JSON object: counts; empty without a sweep
