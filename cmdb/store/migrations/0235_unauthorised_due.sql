-- Groups of unauthorised changes of which nobody was told yet (docs/changes.md).
create table unauthorised_due (
  group_id bigint primary key     -- the id of its first one
);
