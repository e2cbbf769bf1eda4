-- What can still be undone, for ten minutes: what was before, and what it has become, by which is seen whether something has changed since.
create table undos (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organizations (id),
  at timestamptz not null,
  until timestamptz not null,
  act text not null,
  actor text not null,
  -- Who may undo it: a name of core's permissions.
  permission text not null,
  detail text,
  amount integer not null,
  kind text not null,
  before jsonb not null,
  undone_at timestamptz,
  undone_by text
);
create index undos_shop on undos (organization_id, id);
create index undos_at on undos (at);
