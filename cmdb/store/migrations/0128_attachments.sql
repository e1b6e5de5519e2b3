-- What is attached to tickets (docs/desk.md). Content that is the same is kept once.
create table attachment_content (
  digest text primary key,        -- SHA-256, hexadecimal
  content bytea not null
);

create table ticket_attachment (
  id bigint primary key,
  ticket_id bigint not null references ticket (id) on delete cascade,
  at bigint not null,
  author text not null,
  kind text not null,             -- public, internal
  name text not null,             -- of the file, neutralised
  type text not null,             -- by its content, of schemas/attachments.yaml
  size bigint not null,           -- bytes
  digest text not null references attachment_content (digest)
);
create index ticket_attachment_by_ticket on ticket_attachment (ticket_id, id);
create index ticket_attachment_by_digest on ticket_attachment (digest);
