-- Which feed of changes this is. A cursor names its feed: after a failover or a restore transactions may be counted again from an earlier
-- number, and with another word here every reader starts again instead of skipping what carries such a number.
alter table installation add column feed text not null default substr(gen_random_uuid()::text, 1, 8);

-- A check that staff ask for is an entry, too. The next migration looks at the entries that are here.
alter table tracking_update_logs drop constraint tracking_update_logs_kind_check,
  add constraint tracking_update_logs_kind_check check (kind in (
    'registered', 'reopened', 'order_added', 'shop_changed', 'status_changed', 'lapsed', 'events_added', 'corrected', 'check_requested',
    'check_failed', 're_read', 'attention_raised', 'attention_resolved', 'reported', 'archived', 'removed', 'deleted')) not valid;
