-- 1: the section holds nothing but rows that are stored as they come. An agent may leave it out of a report while its digest is
-- this one.
alter table source_section add column rows_only smallint not null default 0;
