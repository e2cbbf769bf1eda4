-- The update log is the feed of changes: every entry says whose parcel changed, what happened to it and who did it, and outlives the parcel.
alter table tracking_update_logs
  add column tracking_number text,
  add column detail text,
  -- Which transaction wrote the entry. A reader takes only what is below the oldest transaction that still runs, in the order (xact, id):
  -- whatever commits later has a higher number, so a late commit is never skipped.
  add column xact bigint not null default pg_current_xact_id()::text::bigint,
  drop constraint tracking_update_logs_tracking_id_fkey,
  alter column kind type text using kind::text;

update tracking_update_logs l
   set tracking_number = t.tracking_number, detail = l.error,
       kind = case when triggered_by like 'customer\_%' then 'reported'
                   when triggered_by like 'resolved by%' then 'attention_resolved'
                   when triggered_by = 're-read' then 're_read'
                   when triggered_by = 'registered again' then 'reopened'
                   when new_status = 'lapsed' then 'lapsed'
                   when new_status is not null then 'status_changed'
                   when events_added > 0 then 'events_added'
                   when error is not null then 'check_failed'
                   else 'corrected' end
  from tracking_cache t where t.id = l.tracking_id;

alter table tracking_update_logs
  alter column tracking_number set not null,
  add constraint tracking_update_logs_kind_check check (kind in (
    'registered', 'reopened', 'order_added', 'shop_changed', 'status_changed', 'lapsed', 'events_added', 'corrected', 'check_failed', 're_read',
    'attention_raised', 'attention_resolved', 'reported', 'archived', 'removed', 'deleted'));

create index tracking_update_logs_feed on tracking_update_logs (organization_id, xact, id);

-- A process of the release before, which runs beside this one for a while, writes entries in its own words.
create function complete_update_log() returns trigger language plpgsql as $$
begin
  select tracking_number into new.tracking_number from tracking_cache where id = new.tracking_id;
  new.detail := coalesce(new.detail, new.error);
  new.kind := case when new.triggered_by like 'customer\_%' then 'reported'
                   when new.triggered_by like 'resolved by%' then 'attention_resolved'
                   when new.triggered_by = 're-read' then 're_read'
                   when new.triggered_by = 'registered again' then 'reopened'
                   when new.new_status = 'lapsed' then 'lapsed'
                   when new.new_status is not null then 'status_changed'
                   when new.events_added > 0 then 'events_added'
                   when new.error is not null then 'check_failed'
                   else 'corrected' end;
  return new;
end $$;
create trigger tracking_update_logs_completed before insert on tracking_update_logs for each row
  when (new.kind in ('scheduled', 'manual', 'retry', 'webhook')) execute function complete_update_log();
