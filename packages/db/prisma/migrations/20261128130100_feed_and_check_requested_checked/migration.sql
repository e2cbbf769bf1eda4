-- Looks once at all entries; others read and write meanwhile.
alter table tracking_update_logs validate constraint tracking_update_logs_kind_check;
