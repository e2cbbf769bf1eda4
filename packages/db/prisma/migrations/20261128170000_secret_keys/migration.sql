-- Which SECRET_KEYs made what is here, by their ids, the oldest first, and which one made the hashes of an order's contact. Hashes cannot be made
-- again with another key; those without an id are of the oldest one.
alter table installation add column key_ids text[] not null default '{}';
alter table tracking_orders add column contact_key_id text;
