-- Old data that `jejak migrate-from` brings along: one row for each run, and what each of its batches made, so that exactly that can be taken back.
create table migration_runs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organizations (id),
  -- The name that the mapping gives itself, and what it says: only the same mapping continues a run.
  mapping_name text not null,
  mapping_hash text not null,
  source_kind text not null check (source_kind in ('postgres', 'csv')),
  -- Of a file its content, of a database its address without user and password.
  source_hash text not null,
  -- The key of the last row that was taken in, or its number in the file.
  position text,
  batches integer not null default 0,
  report jsonb not null,
  started_at timestamptz not null,
  saved_at timestamptz not null,
  finished_at timestamptz,
  undone_at timestamptz,
  constraint migration_runs_shop unique (organization_id, id)
);
create index migration_runs_saved on migration_runs (saved_at);

create table migration_batches (
  organization_id bigint not null,
  run_id bigint not null,
  no integer not null,
  saved_at timestamptz not null,
  -- Ids of parcels that it registered, and of orders that it added to others.
  created bigint[] not null,
  orders bigint[] not null,
  -- Orders that it gave a contact, and which: [{"orderId": "7", "email": true, "phone": false, "key": true}].
  contacts jsonb not null,
  undone_at timestamptz,
  primary key (run_id, no),
  foreign key (organization_id, run_id) references migration_runs (organization_id, id) on delete cascade
);
create index migration_batches_saved on migration_batches (saved_at);
