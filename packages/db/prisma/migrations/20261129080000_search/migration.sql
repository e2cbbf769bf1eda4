-- Search: a number by how it begins, or by its last six characters; an order by a contact; an entry of the audit log by its request.
create index tracking_cache_beginning on tracking_cache (organization_id, tracking_number collate "C");
create index tracking_cache_ending on tracking_cache (organization_id, right(tracking_number, 6));
create index tracking_orders_email on tracking_orders (organization_id, contact_email_hmac) where contact_email_hmac is not null;
create index tracking_orders_phone on tracking_orders (organization_id, contact_phone_hmac) where contact_phone_hmac is not null;
create index tracking_orders_phone2 on tracking_orders (organization_id, contact_phone2_hmac) where contact_phone2_hmac is not null;
create index audit_log_request on audit_log (request_id, id) where request_id is not null;

-- The newest parcels of a shop whose numbers end so. Under row-level security no index serves right(); whoever acts for a shop gets ids of that shop.
create function parcels_ending(shop bigint, ending text, most int) returns setof bigint
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select id from public.tracking_cache
         where organization_id = coalesce(nullif(current_setting('app.organization', true), '')::bigint, shop)
           and right(tracking_number, 6) = ending
         order by id desc limit most $$;
revoke execute on function parcels_ending(bigint, text, int) from public;
