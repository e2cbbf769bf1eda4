-- How fresh the living parcels of an account were when a tick last looked: freshness changes with the time alone, so no trigger can count it.
create table freshness_counts (
  connection_id bigint primary key,
  organization_id bigint not null,
  at timestamptz not null,
  fresh integer not null,
  stale integer not null,
  expired integer not null,
  foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade
) with (fillfactor = 50);
create index freshness_counts_shop on freshness_counts (organization_id);

-- Whose parcels the calls of a day asked about, by courier. A call about several couriers is shared among them.
create table courier_days (
  organization_id bigint not null references organizations (id) on delete cascade,
  day date not null,
  courier text not null,
  calls double precision not null,
  checks integer not null,
  parcels integer not null,
  primary key (organization_id, day, courier)
);
create index courier_days_day on courier_days (day);
