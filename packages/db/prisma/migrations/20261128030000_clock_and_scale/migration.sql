-- Statuses as text with a check: a new status needs no change of a type, and a comparison of texts may use its index under row security. Rewrites both
-- tables once. The type stays for one release: statements that cast to it still work.
alter table tracking_cache
  drop constraint tracking_cache_check,
  alter column status drop default,
  alter column status type text using status::text,
  alter column status set default 'pending',
  add constraint tracking_cache_status_check check (status in (
    'pending', 'info_received', 'collected', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'on_hold',
    'exception', 'delivered', 'returning', 'returned', 'cancelled', 'lapsed', 'unknown')),
  add constraint tracking_cache_ended_check check ((ended_at is not null) = (status in ('delivered', 'returned', 'cancelled', 'lapsed')));
alter table tracking_update_logs
  alter column previous_status type text using previous_status::text,
  alter column new_status type text using new_status::text;

-- A page of one status, whatever else the shop has; and what is counted by status, of all shops, without a look at the table.
create index tracking_cache_status on tracking_cache (organization_id, status, changed_at, id) include (connection_id) where archived_at is null;

-- What may be archived, and what may be deleted, each without walking over the other.
drop index tracking_cache_ended;
create index tracking_cache_ended on tracking_cache (ended_at) where ended_at is not null and archived_at is null;
create index tracking_cache_archived on tracking_cache (ended_at) where archived_at is not null;

-- They were kept raw and may tell of a person; what comes now is masked.
delete from unread_values;
