-- Makes the role that Jejak works as, which is no superuser, and hands over to it what the superuser owns in this database. Run by a
-- superuser, again and again: by the embedded server at each start, by docker-compose.yml when it makes its database.
-- The setting jejak.app_password is the role's password.
do $$
declare
  statement text;
begin
  -- No name means anything that the role has made.
  set local search_path to pg_catalog, pg_temp;
  set local lock_timeout to '20s';

  if not exists (select from pg_roles where rolname = 'jejak_app') then
    create role jejak_app;
  end if;
  execute format(
    'alter role jejak_app login createrole nosuperuser nocreatedb noreplication nobypassrls password %L',
    current_setting('jejak.app_password'));

  -- The roles of the fence, where someone else has made them.
  for statement in
    select format('grant %I to jejak_app', rolname) from pg_roles
     where rolname in ('jejak_public', 'jejak_shop', 'jejak_lookup', 'jejak_access', 'jejak_worker') and not pg_has_role('jejak_app', oid, 'usage')
  loop
    execute statement;
  end loop;

  -- What belongs to an extension stays. The schema public follows the database; arrays, rows of tables and the sequences of columns follow theirs.
  for statement in
    with mine as (select oid from pg_roles where rolname = current_user),
    extended as (select classid, objid from pg_depend where deptype = 'e'),
    spaces as (select oid, nspname, nspowner from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
    owned (classid, objid, owner, change) as (
      select 'pg_database'::regclass, oid, datdba, format('database %I', datname) from pg_database where datname = current_database()
      union all
      select 'pg_namespace'::regclass, oid, nspowner, format('schema %I', nspname) from spaces
      union all
      select 'pg_class'::regclass, c.oid, c.relowner, format('table %I.%I', nspname, relname)
        from pg_class c join spaces on spaces.oid = relnamespace
       where relkind in ('r', 'p', 'v', 'm', 'f') or relkind = 'S' and not exists
             (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))
      union all
      select 'pg_type'::regclass, t.oid, t.typowner, format('type %I.%I', nspname, typname)
        from pg_type t join spaces on spaces.oid = typnamespace left join pg_class c on c.oid = typrelid
       where typtype in ('e', 'd', 'r') or relkind = 'c'
      union all
      select 'pg_proc'::regclass, p.oid, p.proowner, format('routine %s', p.oid::regprocedure)
        from pg_proc p join spaces on spaces.oid = pronamespace
      union all
      select 'pg_statistic_ext'::regclass, s.oid, s.stxowner, format('statistics %I.%I', nspname, stxname)
        from pg_statistic_ext s join spaces on spaces.oid = stxnamespace
    )
    select format('alter %s owner to jejak_app', change) from owned
     where owner = (select oid from mine) and (classid, objid) not in (select classid, objid from extended)
  loop
    execute statement;
  end loop;
end $$;
