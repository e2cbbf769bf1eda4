-- What customers see and do: the shop's face, order look-ups with their locks, and the log of what looks like an attack.

alter table organizations
  add column logo_url text check (logo_url ~ '^https://'),
  add column color text check (color ~ '^#[0-9a-f]{6}$'),
  add column contact_whatsapp text,
  add column contact_phone text,
  add column contact_email text,
  add column languages text[] not null default '{en,ms,zh}';

create index tracking_cache_lookup on tracking_cache (order_number) where order_number is not null and archived_at is null;

-- Failed look-ups of one order number and contact, by keyed hash: neither can be read back. The lock holds for all processes.
create table lookup_locks (
  pair_hmac text primary key,
  failures smallint not null check (failures > 0),
  failed_at timestamptz not null,
  locked_until timestamptz
);
create index lookup_locks_failed on lookup_locks (failed_at);

-- Append-only: failed look-ups, lock-outs and limit hits. Addresses and order numbers only as keyed hashes.
create table security_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null check (kind in ('lookup_failed', 'lookup_locked', 'limit_hit', 'link_refused', 'report_limited')),
  subject_hmac text,
  address_hmac text,
  detail text
);
create index security_log_at on security_log (at);
