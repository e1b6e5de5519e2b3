-- Mail that comes in, and what became of it (docs/mail.md).

-- How far a folder was read.
create table mail_folder (
  name text primary key,          -- server, user and folder
  validity bigint not null,       -- UIDVALIDITY (RFC 9051): another one, and the numbers begin anew
  last_uid bigint not null
);

create table mail_in (
  id bigint primary key,
  at bigint not null,
  address text not null,          -- of the sender, as it says
  person text not null,           -- whom it is taken for; '': nobody
  subject text not null,
  message_id text not null,       -- '': none
  digest text not null unique,    -- SHA-256 of the whole message
  outcome text not null,          -- comment, opened, waiting, dropped
  reason text not null,
  ticket text not null,           -- number; '': none
  decided_by text not null,       -- who decided about what had waited; '': a rule
  message bytea not null          -- as long as it waits; empty: no more
);
create index mail_in_by_outcome on mail_in (outcome, id);
create index mail_in_by_message on mail_in (message_id) where message_id <> '';

-- Who writes, and how much: of the hour under way and in all.
create table mail_sender (
  address text primary key,       -- in lower case
  hour_at bigint not null,
  hour_messages bigint not null,
  messages bigint not null,
  over_limit bigint not null,     -- not taken
  last_at bigint not null
);
