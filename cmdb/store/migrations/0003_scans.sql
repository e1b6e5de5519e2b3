-- Scans: jobs, runs, devices of a run, and sealed credentials (collector/jobs).
create table scan_job (
  id bigint primary key,
  name text not null unique,
  ranges text not null,           -- JSON list of texts
  exclusions text not null,
  credentials text not null,
  port bigint not null,
  schedule text not null,
  created_at bigint not null,
  last_started_at bigint not null
);

create table scan_run (
  id bigint primary key,
  job_id bigint not null,         -- the job may be gone
  job_name text not null,
  state text not null,
  detail text not null,
  queued_at bigint not null,
  started_at bigint not null,     -- 0: not yet
  ended_at bigint not null,
  total bigint not null,
  done bigint not null,
  answered bigint not null,
  created bigint not null,
  updated bigint not null,
  verdicts text not null          -- JSON object: verdict -> count
);
create index scan_run_by_job on scan_run (job_id, id);
create index scan_run_by_state on scan_run (state, id);

create table scan_device (
  run_id bigint not null references scan_run (id) on delete cascade,
  address text not null,
  port bigint not null,
  verdict text not null,
  detail text not null,
  credential text not null,
  ci_id bigint,
  outcome text not null,
  duration_ms bigint not null,
  primary key (run_id, address, port)
);

create table snmp_credential (
  name text primary key,
  version text not null,
  user_name text not null,
  sealed bytea not null,
  updated_at bigint not null
);
