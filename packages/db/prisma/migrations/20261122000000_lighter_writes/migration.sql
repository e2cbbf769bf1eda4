-- Scans are only ever read and written whole. As text they are stored as they come; as jsonb every write took them apart and every read put
-- them together again, which was a fifth of the time of writing a check. Rewrites the table once.
alter table tracking_cache
  drop constraint tracking_cache_events_check,
  alter column events drop default,
  alter column events type text using events::text,
  alter column events set default '[]',
  add constraint tracking_cache_events_check check (events like '[%]');

-- A changed parcel is entered anew into every index of the table, so each index does more than one thing. The first is the public read's, and
-- lets a shop have each number once among its unarchived rows; the second is the customer's look-up and the shop's list,
-- by order numbers without leading #s and in capitals: only A to Z, so that no update of the system's letters can spoil it.
drop index tracking_cache_active_number;
drop index tracking_cache_number;
create unique index tracking_cache_number on tracking_cache (tracking_number, organization_id, archived_at) nulls not distinct;
drop index tracking_cache_order;
drop index tracking_cache_lookup;
create index tracking_cache_order on tracking_cache (upper(ltrim(order_number collate "C", '# ')), organization_id) where order_number is not null;
