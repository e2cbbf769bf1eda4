-- What people say about an EasyParcel account, and how its tokens do. A shop may have several accounts.
alter table connections
  add column name text not null default '' check (length(name) <= 60),
  -- As the person said who connected it: nothing that EasyParcel answers tells it.
  add column environment text check (environment in ('live', 'sandbox')),
  -- Of no account of a shop, or of one: without a mark the oldest that is not disconnected is the default.
  add column is_default boolean not null default false,
  add column connected_at timestamptz,
  add column disconnected_at timestamptz,
  add column refreshed_at timestamptz,
  add column refresh_refused_at timestamptz,
  -- For those who may not read the tokens.
  add column can_renew boolean not null generated always as (sealed_refresh_token is not null) stored,
  -- A pause by a person, beside that of the worker (`paused_until`), which neither ends nor changes it. Without `held_until` it lasts until someone ends it.
  add column held_since timestamptz,
  add column held_until timestamptz,
  add column held_reason text check (length(held_reason) <= 200),
  -- Calls that were added to the budget of one local day.
  add column extra_day date,
  add column extra_calls int not null default 0 check (extra_calls >= 0),
  add check (held_since is not null or num_nonnulls(held_until, held_reason) = 0);
create unique index connections_name on connections (organization_id, lower(name)) where name <> '';
create unique index connections_default on connections (organization_id, api) where is_default;
