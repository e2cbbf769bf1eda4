-- What the fence between shops stands on; the roles, grants and policies themselves are packages/db/src/fence/fence.sql.

-- Foreign keys look past the fence: with both columns no order and no schedule names the parcel of another shop. The next migration looks at the
-- rows that are here.
create unique index tracking_cache_shop on tracking_cache (organization_id, id);
alter table tracking_orders drop constraint tracking_orders_tracking_id_fkey,
  add constraint tracking_orders_tracking_fkey foreign key (organization_id, tracking_id) references tracking_cache (organization_id, id)
    on delete cascade not valid;
alter table tracking_schedule drop constraint tracking_schedule_tracking_id_fkey,
  add constraint tracking_schedule_tracking_fkey foreign key (organization_id, tracking_id) references tracking_cache (organization_id, id)
    on delete cascade not valid;

-- Whether there is anything to call EasyParcel with, for those who may not read the tokens.
alter table connections add column is_authorised boolean not null
  generated always as (api = 'classic' or sealed_access_token is not null or sealed_refresh_token is not null) stored;

-- Which of these numbers some shop has: all that one shop may learn of the others, since readers of a number are told when it is registered again.
create function known_numbers(asked text[]) returns setof text language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select distinct tracking_number from public.tracking_cache where tracking_number = any (asked) $$;
revoke execute on function known_numbers(text[]) from public;
