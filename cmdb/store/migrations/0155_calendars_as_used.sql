-- The calendars that targets are counted by now, to count the time until an edit by what held then (docs/service-levels.md).
create table service_calendar (
  name text primary key,
  definition text not null,       -- its YAML
  since bigint not null           -- taken up
);
