-- How many living parcels each connection has by status and reason for attention, so that no one counts the parcels to tell. Writers only append
-- what changed: counters that they all update would make them wait for each other, and deadlock. A tick folds the changes into the counts, and
-- who reads adds both.
create table tracking_counts (
  organization_id bigint not null,
  connection_id bigint not null,
  status text not null,
  -- Empty: no one needs to look.
  attention text not null,
  amount bigint not null,
  primary key (connection_id, status, attention)
) with (fillfactor = 50);
create index tracking_counts_shop on tracking_counts (organization_id);

create table tracking_count_changes (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  connection_id bigint not null,
  status text not null,
  attention text not null,
  amount integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Counts for whoever may write a parcel; no one else may write the counts.
create function count_trackings() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into tracking_count_changes (organization_id, connection_id, status, attention, amount)
    select organization_id, connection_id, status, coalesce(attention_reason, ''), count(*)
      from new_rows where archived_at is null group by 1, 2, 3, 4;
  elsif tg_op = 'DELETE' then
    insert into tracking_count_changes (organization_id, connection_id, status, attention, amount)
    select organization_id, connection_id, status, coalesce(attention_reason, ''), -count(*)
      from old_rows where archived_at is null group by 1, 2, 3, 4;
  elsif tg_op = 'UPDATE' then
    insert into tracking_count_changes (organization_id, connection_id, status, attention, amount)
    select organization_id, connection_id, status, coalesce(attention_reason, ''), sum(amount)
      from (select organization_id, connection_id, status, attention_reason, 1 as amount from new_rows where archived_at is null
            union all
            select organization_id, connection_id, status, attention_reason, -1 from old_rows where archived_at is null) as moved
     group by 1, 2, 3, 4 having sum(amount) <> 0;
  else
    truncate tracking_counts, tracking_count_changes;
  end if;
  return null;
end $$;

-- In the order in which they hold the table: from here on no one writes until this transaction ends, so that each parcel is counted once.
create trigger tracking_cache_counted_in after insert on tracking_cache
  referencing new table as new_rows for each statement execute function count_trackings();
create trigger tracking_cache_counted_out after delete on tracking_cache
  referencing old table as old_rows for each statement execute function count_trackings();
create trigger tracking_cache_counted_over after update on tracking_cache
  referencing old table as old_rows new table as new_rows for each statement execute function count_trackings();
create trigger tracking_cache_counted_none after truncate on tracking_cache for each statement execute function count_trackings();

insert into tracking_counts (organization_id, connection_id, status, attention, amount)
select organization_id, connection_id, status, coalesce(attention_reason, ''), count(*)
  from tracking_cache where archived_at is null group by 1, 2, 3, 4;
