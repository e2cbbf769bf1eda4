-- When the public document last changed. `changed_at` also moves with what only the shop sees: a report, an order number, a contact, attention.
-- Null: never since this column is there. Kept by a trigger, so that every writer keeps it, the release before this one too.
alter table tracking_cache add column document_changed_at timestamptz;

create function keep_document_change() returns trigger language plpgsql as $$
begin
  if new.document_version is distinct from old.document_version then
    new.document_changed_at := new.changed_at;
  else
    new.document_changed_at := coalesce(old.document_changed_at, old.changed_at);
  end if;
  return new;
end $$;

create trigger tracking_cache_document_change before update on tracking_cache
  for each row execute function keep_document_change();

-- With which rules all stored scans were read last, and how far a pass with others has come.
alter table installation
  add column read_with text,
  add column re_reading_with text,
  add column re_read_after bigint not null default 0;
