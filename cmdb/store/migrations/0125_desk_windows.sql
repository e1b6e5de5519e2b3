-- When changes are not wanted, and when work on items is expected (docs/changes.md).
create table desk_window (
  name text primary key,
  kind text not null,             -- freeze, maintenance
  title text not null,
  zone text not null,             -- of the tz database
  starts text not null,           -- of the first time, on the wall of that zone: 2026-12-19T08:00
  ends text not null,
  repeats text not null,          -- a recurrence rule of RFC 5545; '': once
  query text not null,            -- the items; '': all
  search text not null,           -- or those of this saved search; '': the query's
  overriders text not null,       -- of a freeze: roles that may override it, which spaces part
  conditions json not null,       -- of maintenance: of events that it silences, a list of texts; empty: all
  subjects json not null,         -- of maintenance: of differences that it expects, a list of texts; empty: all
  begins_at bigint not null,      -- of the first time
  over_at bigint not null,        -- end of the last time; 0: it repeats for ever
  version bigint not null,        -- raised by each edit
  person text not null,           -- who wrote it last
  at bigint not null
);
create index desk_window_by_kind on desk_window (kind, begins_at);
