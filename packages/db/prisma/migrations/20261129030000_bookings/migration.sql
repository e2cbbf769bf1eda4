-- What EasyParcel's list says an account has booked: one row for each booking, and no name, address or contact of anyone.
create table bookings (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  connection_id bigint not null,
  shipment_number text not null,
  -- Empty as long as EasyParcel has none.
  tracking_number text,
  -- The parcel that was made of it; empty again once that was removed, and then it stays so.
  tracking_id bigint,
  made_at timestamptz,
  courier text,
  status_code integer,
  status_text text,
  -- What of the code the parcel knows.
  told_code integer,
  collection_day date,
  country text,
  state text,
  postcode_area text,
  weight double precision,
  length double precision,
  width double precision,
  height double precision,
  details_at timestamptz,
  details_tries smallint not null default 0,
  first_seen_at timestamptz not null,
  listed_at timestamptz not null,
  unique (connection_id, shipment_number),
  foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade,
  foreign key (organization_id, tracking_id) references tracking_cache (organization_id, id) on delete set null (tracking_id)
);
create index bookings_tracking on bookings (organization_id, tracking_id);
create index bookings_to_make on bookings (connection_id, id) where tracking_number is not null and made_at is null;
create index bookings_waiting on bookings (connection_id, first_seen_at) where tracking_number is null and made_at is null;
create index bookings_to_tell on bookings (connection_id) where tracking_id is not null and status_code is distinct from told_code;
create index bookings_to_detail on bookings (connection_id, collection_day desc) where tracking_id is not null and details_at is null;
create index bookings_left on bookings (collection_day) where tracking_id is null;

-- Where the sync of an account is. A pass lists page by page from the newest on: `first` until the whole window is known, then `newest` until a page
-- brings nothing new. Another one goes through the whole window again, on the side. Whoever holds `running_until` works on it.
create table account_syncs (
  connection_id bigint primary key,
  organization_id bigint not null,
  listing text check (listing in ('first', 'newest')),
  listing_began_at timestamptz,
  cursor text,
  pages integer not null default 0,
  first_listed_at timestamptz,
  listed_at timestamptz,
  window_began_at timestamptz,
  window_cursor text,
  window_at timestamptz,
  running_until timestamptz,
  last_run_at timestamptz,
  next_run_at timestamptz not null,
  failures smallint not null default 0,
  last_error text,
  foreign key (organization_id, connection_id) references connections (organization_id, id) on delete cascade
);
create index account_syncs_due on account_syncs (next_run_at);
create index account_syncs_shop on account_syncs (organization_id);
