-- What a probe has for its collector and could not hand over yet (collector/probe/spool.h). Used at the probe alone.
create table probe_spool (
  sequence bigint primary key,
  kind text not null,                      -- report, devices, run
  about text not null,                     -- JSON object, as docs/api.md says
  body bytea not null,                     -- a compressed report, or nothing
  bytes bigint not null                    -- of both
);

create table probe_counter (
  name text primary key,                   -- sequence, entries, bytes, lost
  value bigint not null
);

create table probe_run (
  id bigint primary key,                   -- of a scan that is under way here
  ended bigint not null                    -- 1: its end waits in the spool
);
