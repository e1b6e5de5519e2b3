-- Settings that agents fetch with the answer to a report, kept by group, and what happened to each agent (collector/access).
create table agent_group (
  name text primary key,
  settings text not null,              -- JSON object, as agents get it
  updated_at bigint not null,
  updated_by text not null
);
insert into agent_group (name, settings, updated_at, updated_by) values ('default', '{}', 0, '');

alter table agent add column group_name text not null default 'default';
alter table agent add column serial_seen bigint not null default 1;  -- 0: the renewed certificate has not been used yet
alter table enrolment_token add column group_name text not null default 'default';

create table agent_event (
  id bigint primary key,               -- in time order
  agent_id text not null,
  what text not null,                  -- as collector/access/agent_events.h says
  detail text not null,
  first_at bigint not null,
  last_at bigint not null,
  times bigint not null
);
create index agent_event_agent on agent_event (agent_id, id);
