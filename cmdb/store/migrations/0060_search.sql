-- The attribute "name" of a row beside its JSON: who has openssl, and which versions of it there are. An index over the JSON itself
-- is refused by SQLite where the schema is not trusted.
alter table component_row add column name text not null default '';
update component_row set name = coalesce(attributes ->> 'name', '');
create index component_row_by_name on component_row (class, name, id);

-- Searches that people gave a name.
create table saved_search (
  name text primary key,
  owner text not null,               -- the name of the token that saved it
  query text not null,
  created_at bigint not null,
  changed_at bigint not null
);
