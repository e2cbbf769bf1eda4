-- Looks once at all rows; others read and write meanwhile.
alter table tracking_orders validate constraint tracking_orders_tracking_fkey;
alter table tracking_schedule validate constraint tracking_schedule_tracking_fkey;
