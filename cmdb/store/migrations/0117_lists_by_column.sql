-- Lists of components are stored in shorter forms from here on (docs/decisions/0196-lists-by-column.md); those that are there are
-- read as they are, and replaced when their section changes. Programs of before cannot read the new ones.

-- What a source says, without looking at all others.
create index component_set_of_source on component_set (source_id);
