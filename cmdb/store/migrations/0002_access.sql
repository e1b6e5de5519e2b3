-- Who may ask: API tokens, enrolment tokens and agents (collector/access). Secrets are kept as SHA-256 only.
create table api_token (
  id bigint primary key,
  name text not null,
  role text not null,
  secret_hash text not null,
  created_at bigint not null,
  created_by text not null,
  expires_at bigint not null
);

create table enrolment_token (
  id bigint primary key,
  name text not null,
  secret_hash text not null,
  created_at bigint not null,
  created_by text not null,
  expires_at bigint not null,
  max_uses bigint not null,
  uses bigint not null
);

create table agent (
  id text primary key,                 -- UUID of its certificate, in time order, never given twice
  name text not null,                  -- host name at enrolment
  state text not null,                 -- active, revoked
  enrolled_at bigint not null,
  enrolled_from text not null,         -- peer address
  enrolment_token_id bigint not null,
  generation bigint not null,          -- 1 at enrolment, one more at each renewal
  serial text not null,                -- of the current certificate
  previous_serial text not null,       -- taken until a while after the renewal; '' before the first
  renewed_at bigint not null,
  certificate_expires_at bigint not null
);
