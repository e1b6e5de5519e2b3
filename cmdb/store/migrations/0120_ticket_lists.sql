-- Lists of tickets from new to old: what a list of open ones may be filtered by stands in the index, so that a filter that few
-- fit looks up no ticket in vain. Lists by person, group or priority are read in their order, whether of open ones or of all.
drop index ticket_by_open;
create index ticket_by_open on ticket (is_open, id, state, kind, priority, assignee, group_name, requester, breached, due_at);
drop index ticket_by_priority;
create index ticket_by_priority on ticket (priority, id, is_open, kind, state);
drop index ticket_by_kind;
create index ticket_by_kind on ticket (kind, id, is_open);
drop index ticket_by_assignee;
create index ticket_by_assignee on ticket (assignee, id, is_open) where assignee <> '';
drop index ticket_by_group;
create index ticket_by_group on ticket (group_name, id, is_open) where group_name <> '';
create index ticket_by_requester on ticket (requester, id, is_open);
