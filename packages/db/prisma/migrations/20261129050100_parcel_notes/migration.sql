-- What the shop's people write to each other about a parcel; it goes with the parcel.
create table parcel_notes (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  tracking_id bigint not null,
  at timestamptz not null,
  author text not null,
  text text not null check (char_length(text) between 1 and 1000),
  foreign key (organization_id, tracking_id) references tracking_cache (organization_id, id) on delete cascade
);
create index parcel_notes_tracking on parcel_notes (tracking_id, id);

-- In a transaction of its own, in which everyone may go on writing.
alter table tracking_cache validate constraint tracking_cache_ended_check;
