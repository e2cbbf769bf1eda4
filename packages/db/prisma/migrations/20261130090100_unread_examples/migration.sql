-- Ids of parcels that had the value last, three at most.
alter table unread_values add column examples bigint[] not null default '{}';
