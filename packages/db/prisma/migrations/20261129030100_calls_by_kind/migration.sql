-- What a call asked for: parcels, a page of the account's list, or the details of one booking.
alter table api_calls add column kind text not null default 'check'
  constraint api_calls_kind_check check (kind in ('check', 'list', 'details'));

-- What the account's own list says of a parcel, by EasyParcel's code, and since when. Scans, once there are any, say more.
alter table tracking_cache add column listed_code integer, add column listed_at timestamptz;
