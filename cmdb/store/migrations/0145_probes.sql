-- Probes: scanners at remote sites that also pass the reports of agents behind them on (collector/access/probes.h).
create table probe (
  name text primary key,
  names text not null,                     -- JSON list: by which agents call it
  agent_id text not null,                  -- of its certificate; '' before it has enrolled
  state text not null,                     -- invited, active, revoked
  invited_at bigint not null,
  invited_by text not null,
  enrolled_at bigint not null,
  seen_at bigint not null,                 -- 0: never
  address text not null,                   -- where it called from last
  version text not null,
  delivered bigint not null,               -- the number of the last entry taken from its spool
  waiting bigint not null,                 -- entries in its spool, as it said last
  waiting_bytes bigint not null,
  lost bigint not null,                    -- entries that its spool had no room for, in all
  refused bigint not null,                 -- entries that were not taken, in all
  refusal text not null                    -- why the last of them was not
);
create index probe_by_agent on probe (agent_id);

alter table enrolment_token add column probe text not null default '';  -- it admits this probe, once
alter table agent add column probe text not null default '';            -- through which it enrolled and reports
alter table agent add column is_probe bigint not null default 0;        -- the certificate is a probe's
create index agent_by_probe on agent (probe, id);

alter table scan_job add column probe text not null default '';         -- by which it is done; '': by a collector
alter table scan_run add column stop_wanted bigint not null default 0;  -- a person asked its probe to stop
