-- The graph in memory is loaded from the index alone (cmdb/ci_graph_load.cpp), and so are those that an item is the end of.
drop index relationship_to;
create index relationship_to on relationship (to_ci, type, from_ci, ended_at) where ended_at is null;
