-- A number that makes calls fail: strikes count the failed calls it was in. Two make it a suspect (class 120, flies with suspects only),
-- three let it fly alone, four make it a culprit (class 130). What flies alone or in halves already is tried in the new way.
alter table tracking_schedule
  add column strikes smallint not null default 0 check (strikes between 0 and 4),
  add column struck_at timestamptz,
  drop constraint tracking_schedule_update_priority_check,
  add constraint tracking_schedule_update_priority_check check (update_priority in (50, 70, 75, 100, 110, 120, 130));
update tracking_schedule
   set strikes = case batch_limit when 1 then 3 else 2 end, batch_limit = case batch_limit when 1 then 1 else 7 end, update_priority = 120
 where batch_limit is not null;

-- Suspects have a share of the calls, spread evenly, and a breaker of their own; the largest batch that was answered and the smallest that was
-- refused say how many numbers EasyParcel takes at once.
alter table connections
  add column next_suspect_at timestamptz,
  add column suspect_failures integer not null default 0,
  add column suspect_open_until timestamptz,
  add column suspect_probe_until timestamptz,
  add column batch_answered smallint not null default 0,
  add column batch_refused smallint;
update connections c
   set batch_answered = coalesce((select max(batch_size) from api_calls a where a.connection_id = c.id and a.outcome = 'ok'), 0);

-- Empty: of the parcels that EasyParcel had known before, it knew none.
alter table api_calls
  drop constraint api_calls_outcome_check,
  add constraint api_calls_outcome_check check (outcome in ('ok', 'network', 'timeout', 'malformed', 'unauthorised', 'server', 'rate-limited',
                                                            'rejected', 'empty', 'cut_off'));
