-- A report of everything, asked of an agent by a person; the agent sends it with its next contact.
alter table agent add column refresh_asked_at bigint not null default 0;   -- 0: none is waited for
alter table agent add column refresh_asked_by text not null default '';
