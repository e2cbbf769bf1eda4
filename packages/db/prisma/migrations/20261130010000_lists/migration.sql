-- Lists of a shop's parcels by the time of their registration, all of them or those of a status, and by courier.
create index tracking_cache_registered on tracking_cache (organization_id, registered_at, id);
create index tracking_cache_status_registered on tracking_cache (organization_id, status, registered_at, id) where archived_at is null;
create index tracking_cache_courier on tracking_cache (organization_id, courier, changed_at, id) where courier is not null;
