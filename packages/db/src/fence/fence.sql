-- The fence between shops: five roles that no one can log in as, what each may do, and the policies that say which rows. A session takes its role
-- when it connects. Run by `jejak migrate` as the owner of the database, again and again; it changes only what is not so yet, and a table is locked
-- only when its policies change. docs/fence.md tells what each role is for.
do $$
declare
  role_names text[] := array['jejak_public', 'jejak_shop', 'jejak_lookup', 'jejak_access', 'jejak_worker'];
  -- The tables with rows of shops, and the column that says whose.
  fenced jsonb := '{
    "organizations": "id", "shop_settings": "organization_id", "connections": "organization_id", "tracking_cache": "organization_id", "tracking_orders": "organization_id",
    "tracking_schedule": "organization_id", "tracking_update_logs": "organization_id", "api_calls": "organization_id",
    "unread_values": "organization_id", "daily_reports": "organization_id", "job_failures": "organization_id",
    "security_log": "organization_id", "audit_log": "organization_id", "connection_logins": "organization_id",
    "refresh_runs": "organization_id", "refresh_run_parcels": "organization_id",
    "migration_runs": "organization_id", "migration_batches": "organization_id",
    "tracking_counts": "organization_id", "tracking_count_changes": "organization_id",
    "bookings": "organization_id", "account_syncs": "organization_id",
    "call_parcels": "organization_id", "kept_answers": "organization_id", "read_hours": "organization_id",
    "freshness_counts": "organization_id", "courier_days": "organization_id",
    "counted_parcels": "organization_id", "parcel_weeks": "organization_id", "read_days": "organization_id",
    "attention_cases": "organization_id", "parcel_notes": "organization_id", "undos": "organization_id", "saved_views": "organization_id"}';
  face text := 'slug, name, logo_url, color, contact_whatsapp, contact_phone, contact_email, languages';
  standing text := 'id, organization_id, api, is_authorised, budget_day, calls_used, calls_manual, next_call_at, breaker_open_until, pause_reason,
    held_since, held_until, extra_day, extra_calls';
  gate text := standing || ', slots, breaker_failures, breaker_probe_until, paused_until, last_good_call_at, last_failure,
    last_failure_at, next_suspect_at, suspect_failures, suspect_open_until, suspect_probe_until, batch_answered, batch_refused,
    access_token_expires_at';
  -- What a shop says about its accounts, and how their tokens do: these it may give and take away, and never read.
  said text := 'name, environment, is_default, connected_at, disconnected_at, held_since, held_until, held_reason, extra_day, extra_calls';
  sealed text := 'sealed_access_token, sealed_refresh_token, access_token_expires_at, refresh_lease_until, refresh_refused_at, paused_until,
    pause_reason, breaker_failures, breaker_open_until, breaker_probe_until, suspect_failures, suspect_open_until, suspect_probe_until';
  parcel text := 'id, organization_id, connection_id, tracking_number, status, document, document_version, registered_at, changed_at,
    document_changed_at, confirmed_at, archived_at';
  freshness text := 'tracking_id, checked_at, checked_by, next_update_due, woken_at, last_failure, call_id, update_priority, strikes';
  -- What may be told of an act; its place in the chain is the sealer's to give.
  act text := 'insert (at, organization_id, act, actor, object, result, address_hmac, request_id, detail)';
  -- Column by column, where a table holds more than the role needs: a new column is shown by no one's oversight.
  may jsonb := jsonb_build_object(
    'jejak_public', jsonb_build_object(
      'organizations', format('select (id, %s)', face),
      'connections', format('select (%s)', standing),
      'tracking_cache', format('select (%s)', parcel),
      'tracking_schedule', format('select (%s)', freshness)),
    'jejak_shop', jsonb_build_object(
      'installation', 'select (id, feed)',
      'organizations', format('select (id, %s), update (%s)', face, replace(face, 'slug, ', '')),
      'connections', format('select (%s, %s, can_renew, refreshed_at, refresh_refused_at), insert (organization_id, api, name, environment), update (%2$s, %s)',
        gate, said, sealed),
      'connection_logins', 'select, insert, update (used_at), delete',
      'tracking_cache', 'select, insert, update, delete',
      'tracking_orders', 'select, insert, update, delete',
      'tracking_schedule', 'select, insert, update, delete',
      'shop_settings', 'select, insert, update',
      'tracking_update_logs', 'select, insert',
      'audit_log', 'select, ' || act,
      'api_calls', 'select',
      'call_parcels', 'select',
      'read_hours', 'select',
      'freshness_counts', 'select',
      'courier_days', 'select',
      'parcel_weeks', 'select',
      'read_days', 'select',
      'daily_reports', 'select',
      'job_failures', 'select',
      'kept_answers', 'select, insert, update (organization_id, kept_by, request_hmac, status, location, body, left_out, at)',
      'refresh_runs', 'select, insert, update (parcels, state, ended_at, results)',
      'refresh_run_parcels', 'select, insert, update',
      'bookings', 'select, update (tracking_number, tracking_id, courier, state, postcode_area)',
      'account_syncs', 'select, insert (connection_id, organization_id, next_run_at), update (next_run_at, listed_at)',
      'tracking_counts', 'select',
      'tracking_count_changes', 'select',
      'attention_cases', 'select, update',
      'parcel_notes', 'select, insert, delete',
      'undos', 'select, insert, delete, update (undone_at, undone_by)',
      'saved_views', 'select, insert, delete, update (name, filter, sort, changed_at, changed_by)'),
    'jejak_lookup', jsonb_build_object(
      'organizations', format('select (id, %s)', face),
      'connections', format('select (%s)', standing),
      'tracking_cache', format('select (%s, events, booked_at, counts_from)', parcel),
      'tracking_orders', 'select (id, organization_id, tracking_id, order_number, order_folded, contact_email_hmac, contact_phone_hmac,
         contact_phone2_hmac, contact_key_id)',
      'tracking_schedule', format('select (%s, batch_limit, consecutive_failures, due_because),
         update (next_update_due, update_priority, woken_at, due_because)', freshness),
      'security_log', 'insert (at, organization_id, kind, subject_hmac, address_hmac, detail)',
      'lookup_locks', 'select, insert, update'),
    'jejak_access', jsonb_build_object(
      'organizations', format('select (id, %s)', face),
      'security_log', 'select, insert, update (subject_hmac)',
      'audit_log', act,
      'kept_answers', 'select, insert, update (organization_id, kept_by, request_hmac, status, location, body, left_out, at)',
      'lookup_locks', 'select, delete',
      'api_keys', 'select, insert, update (last_used_at, name, scopes, expires_at, revoked_at)',
      'users', 'select, insert, update',
      'memberships', 'select, insert, update, delete',
      'sessions', 'select, insert, update, delete',
      'user_addresses', 'select, insert, update, delete',
      'account_links', 'select, insert, update, delete',
      'user_totp', 'select, insert, update, delete',
      'recovery_codes', 'select, insert, update, delete',
      'sign_in_attempts', 'select, insert, update, delete'),
    -- Beside all other tables.
    'jejak_worker', jsonb_build_object(
      '_prisma_migrations', 'select (migration_name, finished_at, rolled_back_at)',
      'audit_log', 'select, delete, update (chain_no, hash, sealed_at, is_late), ' || act,
      'audit_head', 'select, update'));
  -- Each policy by its name: a changed one takes another.
  policies jsonb := '{
    "jejak_own": "to jejak_shop using (%s = (select nullif(current_setting(''app.organization'', true), '''')::bigint))",
    "jejak_read": "for select to jejak_public using (true)",
    "jejak_all": "to jejak_access, jejak_worker using (true)",
    "jejak_lookups": "to jejak_lookup using (true)"}';
  -- Where others hold: an entry is sealed once and never changed after, and none goes before its time; who lets people in reads no answer about parcels.
  policies_of jsonb := jsonb_build_object('audit_log', policies - 'jejak_all' - 'jejak_lookups' || '{
    "jejak_add": "for insert to jejak_access, jejak_worker with check (true)",
    "jejak_look": "for select to jejak_worker using (true)",
    "jejak_seal": "for update to jejak_worker using (chain_no is null) with check (true)",
    "jejak_cut": "for delete to jejak_worker using (sealed_at < now() - interval ''30 days'')"}',
    'kept_answers', policies - 'jejak_all' - 'jejak_lookups' - 'jejak_read' || '{
    "jejak_kept": "to jejak_access using (kept_by = ''access'')",
    "jejak_work": "to jejak_worker using (true)"}');
  name text;
  key text;
  what text;
  policy text;
  snippet text := '';
begin
  foreach name in array role_names loop
    begin
      if not exists (select from pg_roles where rolname = name) then execute format('create role %I nologin', name); end if;
      -- Who makes a role may grant it, and may not yet take it.
      if not pg_has_role(current_user, name, 'usage') then execute format('grant %I to current_user', name); end if;
    -- Another database of the server may make it at the same moment.
    exception when duplicate_object or unique_violation or internal_error or insufficient_privilege then null;
    end;
    if not exists (select from pg_roles where rolname = name) then snippet := snippet || format('  create role %I nologin;', name) || e'\n'; end if;
    if snippet like '%' || name || '%' or not pg_has_role(current_user, name, 'usage') then
      snippet := snippet || format('  grant %I to %I;', name, current_user) || e'\n';
    end if;
  end loop;
  if snippet <> '' then
    raise insufficient_privilege using message = format('The fence between shops needs five roles, and %I may not make or take them. Let an administrator of '
      'the database run this once, then start again:', current_user) || e'\n' || snippet ||
      'Or set FENCE=off: then the statements of Jejak alone keep shops apart, and health and log go on saying so.';
  end if;

  create schema if not exists pgboss;
  grant usage on schema public to jejak_public, jejak_shop, jejak_lookup, jejak_access, jejak_worker;
  -- The queue holds ids only. Who sends jobs reads and adds them; its owner looks after it.
  grant usage on schema pgboss to jejak_shop, jejak_worker;
  grant select, insert on all tables in schema pgboss to jejak_shop, jejak_worker;
  alter default privileges in schema pgboss grant select, insert on tables to jejak_shop, jejak_worker;
  -- Operators cancel jobs.
  grant update on all tables in schema pgboss to jejak_worker;
  alter default privileges in schema pgboss grant update on tables to jejak_worker;

  revoke all on all tables in schema public from jejak_public, jejak_shop, jejak_lookup, jejak_access, jejak_worker;
  grant select, insert, update, delete on all tables in schema public to jejak_worker;
  revoke all on table _prisma_migrations, audit_log, audit_head from jejak_worker;
  grant usage on all sequences in schema public to jejak_worker;
  grant execute on function known_numbers(text[]) to jejak_shop, jejak_worker;
  grant execute on function parcels_ending(bigint, text, int) to jejak_shop, jejak_worker;
  grant execute on function analyze_new_tables() to jejak_shop, jejak_worker;
  for name, key, what in
    select r.key, t.key, t.value from jsonb_each(may) r, jsonb_each_text(r.value) t
  loop
    execute format('grant %s on table %I to %I', what, key, name);
  end loop;

  for name, key in select * from jsonb_each_text(fenced) loop
    if not (select relrowsecurity from pg_class where oid = name::regclass) then
      execute format('alter table %I enable row level security', name);
    end if;
    for policy, what in select * from jsonb_each_text(coalesce(policies_of -> name, policies)) loop
      if not exists (select from pg_policy where polrelid = name::regclass and polname = policy) then
        execute format('create policy %I on %I ', policy, name) || replace(what, '%s', quote_ident(key));
      end if;
    end loop;
  end loop;
  for policy, name in
    select polname, polrelid::regclass from pg_policy
     where polname like 'jejak\_%' and not (coalesce(policies_of -> polrelid::regclass::text, policies) ? polname::text and fenced ? polrelid::regclass::text)
  loop
    execute format('drop policy %I on %s', policy, name);
  end loop;
end $$;
