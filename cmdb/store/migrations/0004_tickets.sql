-- Tickets, their links to configuration items, and what was done to them (desk).

-- The number last given, by kind of ticket. Raised in the transaction that opens the ticket: no gaps.
create table ticket_counter (
  kind text primary key,
  last bigint not null
);

create table ticket (
  id bigint primary key,
  kind text not null,
  number text not null unique,    -- INC-17
  title text not null,
  title_folded text not null,     -- lower case (ASCII), for search
  description text not null,
  state text not null,
  requester text not null,
  opened_at bigint not null,
  updated_at bigint not null,
  version bigint not null
);
create index ticket_by_state on ticket (state, id);
create index ticket_by_kind on ticket (kind, id);

-- The distinct words of the title in lower case: a search begins with one of them.
create table ticket_word (
  word text not null,
  ticket_id bigint not null references ticket (id) on delete cascade,
  primary key (word, ticket_id)
);

create table ticket_link (
  ticket_id bigint not null references ticket (id) on delete cascade,
  ci_id bigint not null references ci (id) on delete cascade,
  role text not null,             -- affected, cause, changed, excluded
  primary key (ticket_id, ci_id)
);
create index ticket_link_by_ci on ticket_link (ci_id, ticket_id);

-- Only ever added to.
create table ticket_history (
  id bigint primary key,
  ticket_id bigint not null references ticket (id) on delete cascade,
  at bigint not null,
  actor text not null,            -- who
  source text not null,           -- api, agent, rule
  event text not null,            -- open, link, unlink, and the events of schemas/tickets
  from_state text not null,       -- "" when it was opened
  to_state text not null,
  before_change text not null,    -- JSON object of the fields that changed
  after_change text not null,
  reason text not null
);
create index ticket_history_by_ticket on ticket_history (ticket_id, id);
