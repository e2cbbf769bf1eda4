-- What users, keys and operators did. Rows are appended by the transaction that does the act, and sealed into a chain a little later.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  -- Null for what concerns the whole installation. No reference: an entry outlives its shop.
  organization_id bigint,
  act text not null check (act ~ '^[a-z_]+\.[a-z_]+$'),
  actor text not null,
  object text,
  result text not null default 'done' check (result in ('done', 'refused')),
  address_hmac text,
  request_id text,
  -- Our own words and numbers, no personal data.
  detail text check (char_length(detail) <= 300),
  -- The place in the chain; SHA-256 of the entry before and of this one; whether it came when all of its time were sealed.
  chain_no bigint constraint audit_log_chain unique,
  hash text,
  sealed_at timestamptz,
  is_late boolean,
  check (num_nulls(chain_no, hash, sealed_at, is_late) in (0, 4))
);
create index audit_log_unsealed on audit_log (id) where chain_no is null;
create index audit_log_shop on audit_log (organization_id, id);
create index audit_log_at on audit_log (at);
create index audit_log_act on audit_log (act, id);
create index audit_log_actor on audit_log (actor, id);
create index audit_log_object on audit_log (object, id);

-- Where the chain ends, and where its old end was cut off.
create table audit_head (
  id smallint primary key default 1 check (id = 1),
  no bigint not null default 0,
  hash text not null default '',
  cut_no bigint not null default 0,
  cut_hash text not null default '',
  -- When the sealer last looked for entries.
  looked_at timestamptz
);
insert into audit_head default values;
