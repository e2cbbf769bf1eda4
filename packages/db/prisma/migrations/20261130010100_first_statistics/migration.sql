-- Until a table was analysed once, the planner takes a shop for one parcel in two hundred. The checks of foreign keys then read all parcels of the shop for each row that
-- comes, and keep that plan; autovacuum looks once a minute, which is too late for a first listing or import of thousands.
create function analyze_new_tables() returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from pg_class where oid = 'public.tracking_cache'::regclass and reltuples <= 0) then
    analyze public.tracking_cache, public.tracking_schedule, public.tracking_orders, public.bookings;
  end if;
end $$;
revoke execute on function analyze_new_tables() from public;
