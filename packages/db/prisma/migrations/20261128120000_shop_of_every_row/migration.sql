-- Every row of a shop says whose it is. The shop with the most parcels comes as the default of the new columns, which writes no row; only the
-- rows of other shops are written. A process of the release before names no shop: a trigger looks it up.
create function shop_of_connection() returns trigger language plpgsql as $$
begin
  new.organization_id := (select organization_id from connections where id = new.connection_id);
  return new;
end $$;

create function shop_of_parcel() returns trigger language plpgsql as $$
begin
  new.organization_id := (select organization_id from tracking_cache where id = new.tracking_id);
  return new;
end $$;

do $$
declare
  biggest bigint := coalesce((select organization_id from tracking_cache group by organization_id order by count(*) desc, organization_id limit 1),
                             (select min(id) from organizations), 0);
  shop_table text;
  parent text;
  key text;
begin
  foreach shop_table in array array['tracking_schedule', 'api_calls', 'unread_values', 'daily_reports', 'tracking_update_logs'] loop
    parent := case shop_table when 'tracking_update_logs' then 'parcel' else 'connection' end;
    key := case parent when 'parcel' then 'tracking_id' else 'connection_id' end;
    execute format('alter table %I add column organization_id bigint not null default %s', shop_table, biggest);
    execute format('alter table %I alter column organization_id drop default', shop_table);
    execute format('update %I t set organization_id = p.organization_id from %I p where p.id = t.%I and p.organization_id <> %s',
                   shop_table, case parent when 'parcel' then 'tracking_cache' else 'connections' end, key, biggest);
    execute format('create trigger %I before insert on %I for each row when (new.organization_id is null) execute function %I()',
                   shop_table || '_shop', shop_table, 'shop_of_' || parent);
  end loop;
end $$;

-- A failure that is about no connection is the installation's.
alter table job_failures add column organization_id bigint;
update job_failures f set organization_id = c.organization_id from connections c where c.id = f.connection_id;
create trigger job_failures_shop before insert on job_failures for each row
  when (new.organization_id is null and new.connection_id is not null) execute function shop_of_connection();
alter table job_failures add constraint job_failures_shop_check check ((organization_id is null) = (connection_id is null));

-- Null: nobody knows which shop was meant.
alter table security_log add column organization_id bigint;

-- The keys hold both together: no row names one shop and the connection of another. The next migration looks at the rows that are here,
-- without a lock that anybody waits for.
alter table tracking_schedule drop constraint tracking_schedule_connection_id_fkey,
  add constraint tracking_schedule_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id) not valid;
alter table api_calls drop constraint api_calls_connection_id_fkey,
  add constraint api_calls_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id) not valid;
alter table unread_values drop constraint unread_values_connection_id_fkey,
  add constraint unread_values_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id) not valid;
alter table daily_reports drop constraint daily_reports_connection_id_fkey,
  add constraint daily_reports_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id) not valid;
alter table job_failures drop constraint job_failures_connection_id_fkey,
  add constraint job_failures_connection_fkey foreign key (organization_id, connection_id) references connections (organization_id, id)
    on delete cascade not valid;
alter table tracking_update_logs
  add constraint tracking_update_logs_shop_fkey foreign key (organization_id) references organizations (id) not valid;
alter table security_log add constraint security_log_shop_fkey foreign key (organization_id) references organizations (id) not valid;
