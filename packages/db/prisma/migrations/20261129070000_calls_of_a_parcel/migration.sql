-- Which parcels a call asked about, written once with the call: the call's own row is written twice, and would carry them along. They go with it.
-- No index over the ids: each call would pay for fifty entries, and who reads walks the shop's calls of one parcel's life, newest first.
create table call_parcels (
  call_id bigint primary key references api_calls (id) on delete cascade,
  organization_id bigint not null references organizations (id),
  opened_at timestamptz not null,
  tracking_ids bigint[] not null
);
create index call_parcels_shop on call_parcels (organization_id, opened_at);

-- How often EasyParcel was asked about a parcel: counted where the schedule is written anyway.
alter table tracking_schedule add column checks integer not null default 0;

-- A shop's calls, newest first, and those of an hour or a day.
create index api_calls_shop on api_calls (organization_id, opened_at, id);
