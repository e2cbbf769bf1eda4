-- More spellings of an order number are one: in brackets or quotes, with other dashes, behind "Your order" or "Tempahan". The contract's twin.
create or replace function fold_order_number(typed text) returns text language sql immutable strict parallel safe as $$
  select coalesce(nullif(regexp_replace(regexp_replace(clean,
           '^(?:["''([#:. !]|YOUR(?= ORDER)|(?:ORDER|PESANAN|TEMPAHAN)(?![A-Z_-])|(?:NOMBOR|NUMBER|NO|ID|REF|REFERENCE)(?![A-Z0-9_-])|(?:\u8ba2\u5355|\u8a02\u55ae)(?:\u7f16\u53f7|\u7de8\u865f|\u53f7|\u865f)?)*', ''),
           '[]).,;:!"'' `]*$', ''), ''), clean)
    from (select upper(btrim(regexp_replace(regexp_replace(normalize(regexp_replace(replace(typed, U&'\2116', '#'),
           '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]', '', 'g'),
           nfkc), '[\u2010-\u2015\u2212]', '-', 'g'), '[\t-\r ]+', ' ', 'g')) collate "C") as clean) as cleaned
$$;

-- Two spellings of one order of one parcel are one row now: the one that came last.
delete from tracking_orders older
 using tracking_orders newer
 where newer.tracking_id = older.tracking_id and newer.id > older.id
   and fold_order_number(newer.order_number) = fold_order_number(older.order_number);

update tracking_orders
   set order_folded = fold_order_number(order_number)
 where order_folded <> fold_order_number(order_number);
