-- What people are told by mail (docs/mail.md).

-- The servers: at most one row for each way.
create table mail_account (
  way text primary key,           -- out, in
  settings json not null,
  secret bytea not null,          -- the password, sealed; empty: none
  updated_at bigint not null,
  checked_at bigint not null,     -- when it was last tried; 0: never
  problem text not null           -- of that try; '': it worked
);

-- Where people are written to, besides what is known of configuration items of class person.
create table mail_address (
  person text primary key,        -- a token's name
  address text not null,
  folded text not null unique     -- in lower case
);

-- Acts on tickets of which nobody has decided yet whom to tell.
create table mail_due (
  id bigint primary key,
  ticket_id bigint not null references ticket (id) on delete cascade,
  event text not null,            -- of the history, or comment, internal_note, work
  reference_id bigint not null    -- of ticket_history or ticket_note
);

create table mail_out (
  id bigint primary key,
  ticket_id bigint,               -- null: of none
  notice text not null,           -- of schemas/mail.yaml, or test
  person text not null,
  address text not null,
  message_id text not null,
  answers text not null,          -- Message-IDs before it in its thread, with spaces between
  subject text not null,
  body text not null,
  created_at bigint not null,
  state text not null,            -- waiting, sent, failed
  tries bigint not null,
  next_at bigint not null,
  claimed_until bigint not null,  -- by whoever sends it; 0: by nobody
  problem text not null,          -- of the last try
  sent_at bigint not null         -- or given up; 0: neither
);
create index mail_out_by_state on mail_out (state, id);
create index mail_out_due on mail_out (next_at) where state = 'waiting';
create index mail_out_by_sent_at on mail_out (sent_at) where sent_at > 0;
create index mail_out_by_ticket on mail_out (ticket_id, id);
create index mail_out_by_message on mail_out (message_id);

-- The messages of a ticket, both ways: what answers one of them belongs to it.
create table mail_thread (
  message_id text primary key,
  ticket_id bigint not null references ticket (id) on delete cascade,
  at bigint not null
);
create index mail_thread_by_ticket on mail_thread (ticket_id, at);
