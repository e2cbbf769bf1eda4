-- People who sign in, the shops that they belong to, and their sessions. These tables are asked before anyone is known to act for a shop, so
-- they stand outside the fence between shops.
create table users (
  id bigint generated always as identity primary key,
  -- In small letters, without spaces around it.
  email text not null constraint users_email unique check (email = lower(btrim(email)) and length(email) between 3 and 254),
  name text not null check (length(name) <= 100),
  -- PHC string format: argon2id.
  password_hash text not null,
  is_operator boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

create table memberships (
  organization_id bigint not null references organizations (id),
  user_id bigint not null references users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'dispatcher', 'biller', 'support', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index memberships_user on memberships (user_id);

create table sessions (
  id bigint generated always as identity primary key,
  -- SHA-256 of the token; the token itself is only in the browser.
  token_hash text not null constraint sessions_token unique,
  user_id bigint not null references users (id) on delete cascade,
  -- The shop that it acts for; none for an operator who belongs to no shop.
  organization_id bigint references organizations (id),
  address_hmac text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null
);
create index sessions_user on sessions (user_id);
create index sessions_seen on sessions (seen_at);

-- Attempts to sign in: of an account from one address, and of an account from all addresses that never signed in to it.
create table sign_in_attempts (
  subject_hmac text primary key,
  attempts smallint not null,
  last_at timestamptz not null
);
create index sign_in_attempts_last on sign_in_attempts (last_at);

-- From where an account was signed in to.
create table user_addresses (
  user_id bigint not null references users (id) on delete cascade,
  address_hmac text not null,
  last_at timestamptz not null,
  primary key (user_id, address_hmac)
);
create index user_addresses_last on user_addresses (last_at);
