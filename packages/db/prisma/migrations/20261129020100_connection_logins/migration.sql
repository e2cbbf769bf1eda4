-- Logins at EasyParcel that a person has begun in a browser: each `state` is good once, for ten minutes, in the session that began it.
create table connection_logins (
  -- SHA-256 of the state; the state itself is only in the browser.
  state_hash text primary key,
  organization_id bigint not null references organizations (id),
  session_id bigint not null references sessions (id) on delete cascade,
  -- The account to connect again; null for another one.
  connection_id bigint,
  environment text not null check (environment in ('live', 'sandbox')),
  name text not null check (length(name) <= 60),
  -- A path of this installation.
  return_to text check (return_to like '/%' and length(return_to) <= 500),
  created_at timestamptz not null,
  used_at timestamptz,
  constraint connection_logins_connection foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade
);
create index connection_logins_shop on connection_logins (organization_id, created_at);
create index connection_logins_session on connection_logins (session_id);
create index connection_logins_created on connection_logins (created_at);
