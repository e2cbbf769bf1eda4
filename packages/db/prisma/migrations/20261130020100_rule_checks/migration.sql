-- What the tick `maintenance` found the last time, a row for each rule that spans several tables; `failing` counts rows that break it, up to 1,000.
create table rule_checks (
  rule text primary key,
  checked_at timestamptz not null,
  -- The first parcel that there was no time for; null when all were looked at.
  checked_to bigint,
  failing integer not null,
  failing_since timestamptz,
  examples jsonb not null
);
