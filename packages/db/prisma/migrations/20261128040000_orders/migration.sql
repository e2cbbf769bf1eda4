-- A parcel may hold several orders: each is a row with its number, its number in one spelling, and its contact. What a look-up finds, a list
-- filters and a link opens is here. The columns of tracking_cache that it comes from stay for one release, and nothing reads them.
alter table tracking_cache
  add column booked_at timestamptz,
  add column counts_from timestamptz;

create table tracking_orders (
  id bigint generated always as identity primary key,
  tracking_id bigint not null references tracking_cache (id) on delete cascade,
  organization_id bigint not null,
  order_number text,
  order_folded text collate "C",
  contact_email_hmac text,
  contact_phone_hmac text,
  contact_phone2_hmac text,
  registered_at timestamptz not null,
  check ((order_number is null) = (order_folded is null))
);

-- The contract's foldOrderNumber in SQL, for rows that it never saw; a test holds the two equal.
create function fold_order_number(typed text) returns text language sql immutable strict parallel safe as $$
  select coalesce(nullif(regexp_replace(regexp_replace(clean,
           '^(?:[#:. ]|(?:ORDER|PESANAN|NOMBOR|NUMBER|NO|ID|REF|REFERENCE)(?![A-Z0-9_-])|(?:\u8ba2\u5355|\u8a02\u55ae)(?:\u7f16\u53f7|\u7de8\u865f|\u53f7|\u865f)?)*', ''),
           '[.,;: ]*$', ''), ''), clean)
    from (select upper(btrim(regexp_replace(normalize(regexp_replace(typed,
           '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]', '', 'g'),
           nfkc), '[\t-\r ]+', ' ', 'g')) collate "C") as clean) as cleaned
$$;

insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac, registered_at)
select id, organization_id, order_number, fold_order_number(order_number), contact_email_hmac, contact_phone_hmac, registered_at
  from tracking_cache
 where order_number is not null or contact_email_hmac is not null or contact_phone_hmac is not null
 order by id;

create unique index tracking_orders_tracking on tracking_orders (tracking_id, order_folded) nulls not distinct;
create index tracking_orders_folded on tracking_orders (order_folded, organization_id) where order_folded is not null;

-- A process of the release before, which runs beside this one for a while, writes its order into the parcel: it comes along.
create function copy_order_of_parcel() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from tracking_orders where tracking_id = new.id and order_folded is not distinct from fold_order_number(old.order_number);
  end if;
  if new.order_number is not null or new.contact_email_hmac is not null or new.contact_phone_hmac is not null then
    insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac, registered_at)
    values (new.id, new.organization_id, new.order_number, fold_order_number(new.order_number), new.contact_email_hmac, new.contact_phone_hmac, new.registered_at)
    on conflict (tracking_id, order_folded) do update
       set order_number = excluded.order_number, contact_email_hmac = excluded.contact_email_hmac, contact_phone_hmac = excluded.contact_phone_hmac;
  end if;
  return null;
end $$;
create trigger tracking_cache_order_inserted after insert on tracking_cache for each row
  when (new.order_number is not null or new.contact_email_hmac is not null or new.contact_phone_hmac is not null)
  execute function copy_order_of_parcel();
create trigger tracking_cache_order_updated after update on tracking_cache for each row
  when ((old.order_number, old.contact_email_hmac, old.contact_phone_hmac) is distinct from (new.order_number, new.contact_email_hmac, new.contact_phone_hmac))
  execute function copy_order_of_parcel();
