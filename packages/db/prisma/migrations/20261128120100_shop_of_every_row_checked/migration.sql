-- Looks once at all rows; others read and write meanwhile.
alter table tracking_schedule validate constraint tracking_schedule_connection_fkey;
alter table api_calls validate constraint api_calls_connection_fkey;
alter table unread_values validate constraint unread_values_connection_fkey;
alter table daily_reports validate constraint daily_reports_connection_fkey;
alter table job_failures validate constraint job_failures_connection_fkey;
alter table tracking_update_logs validate constraint tracking_update_logs_shop_fkey;
alter table security_log validate constraint security_log_shop_fkey;
