-- For psql in the container of the database: when it makes its files, and by hand for files from before this role (docs/database.md).
\set ON_ERROR_STOP on
\getenv password APP_PASSWORD
select set_config('jejak.app_password', :'password', false) is not null as "password is set";
\i /jejak/app-role.sql
