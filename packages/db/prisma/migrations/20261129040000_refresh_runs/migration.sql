-- Refreshing many parcels at once: a run, and each parcel of it with what became of it. `left_out` and `results` count parcels by reason and by outcome.
create table refresh_runs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organizations (id),
  asked_by text not null,
  chosen jsonb not null,
  as_of timestamptz not null,
  with_ended boolean not null,
  state text not null default 'running' check (state in ('running', 'paused', 'cancelled', 'done')),
  parcels integer not null default 0,
  left_out jsonb not null default '{}',
  results jsonb,
  started_at timestamptz not null,
  ended_at timestamptz,
  unique (organization_id, id)
);
create index refresh_runs_open on refresh_runs (organization_id) where ended_at is null;
create index refresh_runs_ended on refresh_runs (ended_at);

-- A parcel that is removed stays in its run, so nothing refers to it. `prior_…` is what its schedule said before it was asked for.
create table refresh_run_parcels (
  run_id bigint not null,
  tracking_id bigint not null,
  organization_id bigint not null,
  connection_id bigint not null,
  asked_at timestamptz,
  prior_due timestamptz,
  prior_priority smallint,
  prior_because text,
  outcome text check (outcome in ('changed', 'unchanged', 'not_found', 'failed', 'skipped', 'cancelled')),
  reason text,
  settled_at timestamptz,
  call_id bigint,
  primary key (run_id, tracking_id),
  foreign key (organization_id, run_id) references refresh_runs (organization_id, id) on delete cascade
);
create unique index refresh_run_parcels_open on refresh_run_parcels (tracking_id) where outcome is null;
create index refresh_run_parcels_waiting on refresh_run_parcels (run_id, connection_id, tracking_id) where outcome is null and asked_at is null;
create index refresh_run_parcels_asked on refresh_run_parcels (run_id, tracking_id) where outcome is null and asked_at is not null;
