-- What each process counts in memory and writes once a minute. Rows of hours are added to by all processes, each in the order of its keys, so that
-- none waits in a circle.
create table process_minutes (
  at timestamptz not null,
  process text not null,
  role text not null,
  version text not null,
  started_at timestamptz not null,
  requests integer not null,
  failed integer not null,
  reads integer not null,
  not_modified integer not null,
  look_ups integer not null,
  statements integer not null,
  rss bigint not null,
  heap_used bigint not null,
  loop_delay_ms integer not null,
  connections integer not null,
  primary key (at, process)
);

create table route_hours (
  hour timestamptz not null,
  route text not null,
  requests bigint not null,
  refused bigint not null,
  failed bigint not null,
  not_modified bigint not null,
  -- One for each bound of packages/core/src/counting/histogram.ts, and one beyond the last.
  buckets bigint[] not null,
  primary key (hour, route)
) with (fillfactor = 60);

-- How customers looked. Without a shop: what names none, such as a number that no one has.
create table read_hours (
  id bigint generated always as identity primary key,
  organization_id bigint references organizations (id) on delete cascade,
  hour timestamptz not null,
  way text not null,
  state text not null,
  language text not null,
  reads bigint not null
) with (fillfactor = 60);
create unique index read_hours_kind on read_hours (organization_id, hour, way, state, language) nulls not distinct;
create index read_hours_hour on read_hours (hour);

create table system_days (
  day date primary key,
  database_bytes bigint not null
);
