-- Everything the main job needs: shops, their EasyParcel connections, parcels, schedules, and the logs of what happened to them.

create type tracking_status as enum (
  'pending', 'info_received', 'collected', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'on_hold',
  'exception', 'delivered', 'returning', 'returned', 'cancelled', 'lapsed', 'unknown'
);
create type easyparcel_api as enum ('open', 'classic');
create type update_kind as enum ('scheduled', 'manual', 'retry', 'webhook');

-- One row: what this database is. A demo never takes real credentials; a real installation never starts the simulator.
create table installation (
  id smallint primary key default 1 check (id = 1),
  is_demo boolean not null,
  created_at timestamptz not null default now()
);

create table organizations (
  id bigint generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  timezone text not null default 'Asia/Kuala_Lumpur',
  holiday_region text not null default 'MY',
  rest_days smallint[] not null default '{6,0}',
  created_at timestamptz not null default now()
);

-- One EasyParcel account. The row is also the gate: it is locked while a call is opened or closed, and it alone decides.
create table connections (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organizations (id),
  api easyparcel_api not null,
  sealed_access_token text,
  sealed_refresh_token text,
  access_token_expires_at timestamptz,
  refresh_lease_until timestamptz,
  budget_day date,
  calls_used integer not null default 0,
  calls_manual integer not null default 0,
  next_call_at timestamptz,
  slots timestamptz[] not null default '{}',
  breaker_failures integer not null default 0 check (breaker_failures >= 0),
  breaker_open_until timestamptz,
  breaker_probe_until timestamptz,
  paused_until timestamptz,
  pause_reason text,
  last_good_call_at timestamptz,
  last_failure text,
  last_failure_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  check (calls_manual between 0 and calls_used)
) with (fillfactor = 50);

-- One row a parcel, written only when something changed.
create table tracking_cache (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  connection_id bigint not null,
  tracking_number text not null check (tracking_number ~ '^[A-Z0-9][A-Z0-9-]{5,34}$'),
  courier text,
  order_number text,
  contact_email_hmac text,
  contact_phone_hmac text,
  status tracking_status not null default 'pending',
  substatus text,
  events jsonb not null default '[]' check (jsonb_typeof(events) = 'array'),
  document text not null,
  document_version text not null,
  collected_at timestamptz,
  out_for_delivery_at timestamptz,
  delivered_at timestamptz,
  estimated_delivery date,
  registered_at timestamptz not null,
  changed_at timestamptz not null,
  confirmed_at timestamptz,
  ended_at timestamptz,
  archived_at timestamptz,
  requires_attention boolean not null default false,
  attention_reason text,
  foreign key (organization_id, connection_id) references connections (organization_id, id),
  check ((ended_at is not null) = (status in ('delivered', 'returned', 'cancelled', 'lapsed'))),
  check (requires_attention = (attention_reason is not null)),
  check (archived_at is null or ended_at is not null)
);
create unique index tracking_cache_active_number on tracking_cache (organization_id, tracking_number) where archived_at is null;
create index tracking_cache_number on tracking_cache (tracking_number);
create index tracking_cache_changed on tracking_cache (organization_id, changed_at, id);
create index tracking_cache_order on tracking_cache (organization_id, order_number) where order_number is not null;
create index tracking_cache_attention on tracking_cache (organization_id, changed_at, id) where requires_attention;
create index tracking_cache_ended on tracking_cache (ended_at) where ended_at is not null;

-- One narrow row a parcel: when it is checked next, and which call it is in. 90 of 100 checks write only here.
create table tracking_schedule (
  tracking_id bigint primary key references tracking_cache (id) on delete cascade,
  connection_id bigint not null references connections (id),
  checked_at timestamptz,
  checked_by update_kind,
  next_update_due timestamptz,
  update_priority smallint not null default 100 check (update_priority in (50, 70, 75, 100, 110)),
  call_id bigint,
  consecutive_failures smallint not null default 0 check (consecutive_failures >= 0),
  last_failure text,
  due_because text,
  woken_at timestamptz,
  batch_limit smallint check (batch_limit > 0)
) with (
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.05
);
create index tracking_schedule_due on tracking_schedule (connection_id, update_priority, next_update_due) where next_update_due is not null;
-- Parcels of a batch that EasyParcel refused fly in smaller batches of their own until one answers.
create index tracking_schedule_split on tracking_schedule (connection_id, next_update_due) where batch_limit is not null;

-- One row per HTTP request to EasyParcel that is charged to the budget: written open, then closed.
create table api_calls (
  id bigint generated always as identity primary key,
  connection_id bigint not null references connections (id),
  budget_day date not null,
  is_manual boolean not null,
  slot smallint not null,
  opened_at timestamptz not null,
  lease_until timestamptz not null,
  batch_size smallint not null,
  closed_at timestamptz,
  outcome text check (outcome in ('ok', 'network', 'timeout', 'malformed', 'unauthorised', 'server', 'rate-limited', 'rejected', 'cut_off')),
  found smallint,
  changed smallint,
  duration_ms integer,
  http_status smallint,
  request_id text,
  error text,
  check ((closed_at is not null) = (outcome is not null))
);
create index api_calls_day on api_calls (connection_id, budget_day);
create index api_calls_open on api_calls (lease_until) where closed_at is null;

-- Append-only: what a check, a webhook or a person changed on one tracking. Unchanged results are counted on the call instead.
create table tracking_update_logs (
  id bigint generated always as identity primary key,
  tracking_id bigint not null references tracking_cache (id) on delete cascade,
  at timestamptz not null,
  kind update_kind not null,
  triggered_by text not null,
  call_id bigint,
  previous_status tracking_status,
  new_status tracking_status,
  events_added smallint not null default 0,
  error text
);
create index tracking_update_logs_tracking on tracking_update_logs (tracking_id, id);
create index tracking_update_logs_at on tracking_update_logs (at);

-- Codes and texts nobody could read, kept raw and counted, for staff to see.
create table unread_values (
  connection_id bigint not null references connections (id),
  kind text not null check (kind in ('code', 'text', 'status')),
  value text not null check (length(value) <= 500),
  times integer not null default 1,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (connection_id, kind, value)
);

create table daily_reports (
  connection_id bigint not null references connections (id),
  day date not null,
  calls integer not null,
  calls_manual integer not null,
  calls_failed integer not null,
  numbers_asked integer not null,
  numbers_found integer not null,
  trackings_changed integer not null,
  median_duration_ms integer,
  trackings_by_status jsonb not null,
  primary key (connection_id, day)
);

create table api_keys (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organizations (id),
  name text not null,
  prefix text not null,
  hash text not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
