-- The newest scan that a person knew who lifted a parcel's attention last, and the newest answer that told the same as the newest one stored.
alter table tracking_cache add column attention_seen_at timestamptz;
alter table tracking_schedule add column told_again_at timestamptz;

-- The release before looks parcels up by their own columns: for one release they follow the newest order. What one of the two triggers wrote
-- is none of the other's business.
create or replace function copy_order_of_parcel() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() > 1 then return null; end if;
  if tg_op = 'UPDATE' then
    delete from tracking_orders where tracking_id = new.id and order_folded is not distinct from fold_order_number(old.order_number);
  end if;
  if new.order_number is not null or new.contact_email_hmac is not null or new.contact_phone_hmac is not null then
    insert into tracking_orders as known (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac, registered_at)
    values (new.id, new.organization_id, new.order_number, fold_order_number(new.order_number), new.contact_email_hmac, new.contact_phone_hmac, new.registered_at)
    on conflict (tracking_id, order_folded) do update
       set order_number = excluded.order_number, contact_email_hmac = excluded.contact_email_hmac, contact_phone_hmac = excluded.contact_phone_hmac
     where (known.order_number, known.contact_email_hmac, known.contact_phone_hmac)
           is distinct from (excluded.order_number, excluded.contact_email_hmac, excluded.contact_phone_hmac);
  end if;
  return null;
end $$;

create function copy_newest_order() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() > 1 then return null; end if;
  update tracking_cache t
     set order_number = o.order_number, contact_email_hmac = o.contact_email_hmac, contact_phone_hmac = o.contact_phone_hmac
    from (select distinct on (tracking_id) * from tracking_orders
           where tracking_id in (select tracking_id from changed) order by tracking_id, id desc) o
   where t.id = o.tracking_id and (t.order_number, t.contact_email_hmac, t.contact_phone_hmac)
         is distinct from (o.order_number, o.contact_email_hmac, o.contact_phone_hmac);
  return null;
end $$;
create trigger tracking_orders_inserted after insert on tracking_orders referencing new table as changed
  for each statement execute function copy_newest_order();
create trigger tracking_orders_updated after update on tracking_orders referencing new table as changed
  for each statement execute function copy_newest_order();
