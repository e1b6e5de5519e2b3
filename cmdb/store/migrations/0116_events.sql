-- What monitoring systems say, and what became of it (docs/events.md).

-- One condition of one item, from its beginning to its end. It begins anew after that.
create table event (
  id bigint primary key,
  sender text not null,           -- name of the token that brought it
  source text not null,           -- the system, as it calls itself
  identity text not null,         -- digest of what tells it from others of its sender
  item text not null,             -- as the sender names it
  ci_id bigint references ci (id) on delete set null,   -- null: unknown
  condition text not null,
  severity text not null,         -- of schemas/events.yaml
  summary text not null,
  details text not null,
  state text not null,            -- firing, ended
  handling text not null,         -- incident, silenced, unknown, noted
  rule text not null,             -- of schemas/events.yaml
  reason text not null,           -- why it is handled so
  ticket text not null,           -- number of its incident; '': none
  change text not null,           -- number of the change that silences it, or did; '': none
  began_at bigint not null,       -- by the sender's clock; 0: it does not say
  first_at bigint not null,
  last_at bigint not null,
  ended_at bigint not null,       -- 0: it has not
  times bigint not null,          -- how often it was told
  look_at bigint not null         -- when it is looked at again; 0: never
);
create unique index event_firing on event (sender, identity) where state = 'firing';
create index event_by_identity on event (sender, identity, id);
create index event_by_ci on event (ci_id, condition, id) where ci_id is not null;
create index event_by_state on event (state, id);
create index event_by_handling on event (handling, id);
create index event_by_ticket on event (ticket, id) where ticket <> '';
create index event_by_change on event (change, id) where change <> '';
create index event_by_look_at on event (look_at) where look_at > 0;
create index event_by_ended_at on event (ended_at) where ended_at > 0;
create index event_by_last_at on event (last_at) where state = 'firing';

-- Who sends, and how much: of the minute under way and in all.
create table event_sender (
  name text primary key,
  minute_at bigint not null,      -- beginning of the minute
  minute_messages bigint not null,
  minute_conditions bigint not null,
  messages bigint not null,
  conditions bigint not null,     -- begun
  over_limit bigint not null,     -- not taken
  late bigint not null,           -- told after their end, or an end of nothing
  last_at bigint not null,
  over_limit_at bigint not null   -- the last one; 0: never
);

-- What people said a sender means by a name.
create table event_item (
  sender text not null,
  item text not null,             -- in lower case
  ci_id bigint not null references ci (id) on delete cascade,
  person text not null,
  at bigint not null,
  primary key (sender, item)
);
create index event_item_by_ci on event_item (ci_id);
