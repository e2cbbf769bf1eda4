-- How parcels fared and how they were looked at, as counts that are kept when the parcels are gone. The night adds what has ended since.

-- What a parcel that ended is counted as, so that it is counted once, and otherwise once its end turns out to be another. It goes with the parcel.
create table counted_parcels (
  tracking_id bigint primary key,
  organization_id bigint not null,
  -- As the parcel was when it was counted.
  changed_at timestamptz not null,
  week date not null,
  courier text not null,
  state text not null,
  outcome text not null check (outcome in ('delivered', 'returned', 'lost', 'cancelled', 'lapsed')),
  -- Empty where nothing tells.
  first_attempt boolean,
  late boolean,
  bucket smallint,
  foreign key (organization_id, tracking_id) references tracking_cache (organization_id, id) on delete cascade
);
create index counted_parcels_changed on counted_parcels (organization_id, changed_at);

-- Courier and state are empty where no one has said them.
create table parcel_weeks (
  organization_id bigint not null references organizations (id) on delete cascade,
  week date not null,
  courier text not null,
  state text not null,
  delivered integer not null,
  returned integer not null,
  lost integer not null,
  cancelled integer not null,
  lapsed integer not null,
  -- Of the delivered: those whose attempts are known, and delivered at the first of them; those with an expected day, and delivered after it.
  attempts_known integer not null,
  first_attempt integer not null,
  expected integer not null,
  late integer not null,
  -- One for each bound of packages/core/src/analytics/transit-buckets.ts, and one beyond the last.
  transit integer[] not null,
  primary key (organization_id, week, courier, state)
) with (fillfactor = 80);
create index parcel_weeks_week on parcel_weeks (week);

create table read_days (
  organization_id bigint not null references organizations (id) on delete cascade,
  day date not null,
  way text not null,
  language text not null,
  -- Reads that found a parcel, by local hour, the first from midnight on.
  hours bigint[] not null,
  missing bigint not null,
  refused bigint not null,
  primary key (organization_id, day, way, language)
);
create index read_days_day on read_days (day);
