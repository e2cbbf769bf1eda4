-- Filters of the list of parcels that people keep under a name: for themselves, or for everyone of the shop (then they belong to no user). What is
-- someone's own goes with their place in the shop.
create table saved_views (
  id bigint generated always as identity primary key,
  organization_id bigint not null references organizations (id) on delete cascade,
  user_id bigint,
  name text not null check (length(name) between 1 and 80),
  -- The words of contract's `viewFilter`, no numbers and no orders.
  filter jsonb not null,
  sort text,
  changed_at timestamptz not null,
  changed_by text not null,
  constraint saved_views_member_fkey foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
);
create unique index saved_views_name on saved_views (organization_id, user_id, lower(name)) nulls not distinct;
