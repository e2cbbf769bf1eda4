-- What people did about a parcel that needs one. That it does, and why, is `attention_reason` of the parcel, which this follows: a trigger, so that
-- whoever writes a parcel, the release before too, keeps it right. Each parcel has at most one case; who writes to one has locked its parcel.
create table attention_cases (
  tracking_id bigint primary key,
  organization_id bigint not null,
  reason text not null,
  opened_at timestamptz not null,
  -- A user of the shop; one who has left it is no one.
  assignee_id bigint,
  -- Silent until then, or until there is news.
  snoozed_until timestamptz,
  snoozed_for text check (snoozed_for in ('later', 'tell_customer')),
  -- This reason is silent until then, whatever comes.
  muted_reason text,
  muted_until timestamptz,
  settled_at timestamptz,
  settled_by text,
  settled_how text,
  check ((snoozed_until is null) = (snoozed_for is null)),
  check ((muted_until is null) = (muted_reason is null)),
  foreign key (organization_id, tracking_id) references tracking_cache (organization_id, id) on delete cascade
);
create index attention_cases_open on attention_cases (organization_id, opened_at, tracking_id) where settled_at is null;
create index attention_cases_reason on attention_cases (organization_id, reason, opened_at, tracking_id) where settled_at is null;
create index attention_cases_settled on attention_cases (organization_id, settled_at) where settled_by is not null;

create function keep_attention_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.attention_reason is null or new.archived_at is not null then
    update attention_cases
       set settled_at = coalesce(new.archived_at, new.changed_at), settled_by = null, settled_how = 'over', snoozed_until = null, snoozed_for = null
     where tracking_id = new.id and settled_at is null;
  else
    insert into attention_cases as c (tracking_id, organization_id, reason, opened_at)
    values (new.id, new.organization_id, new.attention_reason, new.changed_at)
    on conflict (tracking_id) do update
      set opened_at = case when c.settled_at is null and c.reason = excluded.reason then c.opened_at else excluded.opened_at end,
          reason = excluded.reason, snoozed_until = null, snoozed_for = null, settled_at = null, settled_by = null, settled_how = null;
  end if;
  return null;
end $$;

create trigger tracking_cache_case_opened after insert on tracking_cache for each row
  when (new.attention_reason is not null) execute function keep_attention_case();
-- News of a parcel, which an answer brings and an edit does not, moves `changed_at` and its scans.
create trigger tracking_cache_case_kept after update on tracking_cache for each row
  when (old.attention_reason is distinct from new.attention_reason
        or new.attention_reason is not null
           and (old.archived_at is distinct from new.archived_at
                or old.changed_at <> new.changed_at and (old.status <> new.status or old.events <> new.events)))
  execute function keep_attention_case();

insert into attention_cases (tracking_id, organization_id, reason, opened_at)
select id, organization_id, attention_reason, changed_at from tracking_cache where attention_reason is not null and archived_at is null;

-- What the shop says is lost has ended, too: no one asks about it any more.
alter table tracking_cache
  drop constraint tracking_cache_ended_check,
  add constraint tracking_cache_ended_check check (
    case when ended_at is null then status not in ('delivered', 'returned', 'cancelled', 'lapsed')
         else status in ('delivered', 'returned', 'cancelled', 'lapsed') or (status = 'exception' and coalesce(substatus = 'lost', false)) end) not valid;
