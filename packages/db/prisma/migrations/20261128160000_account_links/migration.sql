-- Links that do one thing once: bring someone into a shop, give a user another password, make the first user. Asked by their token before
-- anyone is known to act for a shop, so the table stands outside the fence between shops.
create table account_links (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('invitation', 'reset', 'setup')),
  -- SHA-256 of the token; the token itself is only in the link.
  token_hash text not null constraint account_links_token unique,
  -- Of a reset.
  user_id bigint references users (id) on delete cascade,
  -- Of an invitation, in small letters.
  email text check (email = lower(btrim(email)) and length(email) between 3 and 254),
  organization_id bigint references organizations (id),
  role text check (role in ('owner', 'admin', 'dispatcher', 'biller', 'support', 'viewer')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  check (num_nonnulls(organization_id, role) in (0, 2)),
  check (case kind when 'reset' then user_id is not null when 'invitation' then num_nonnulls(email, role) = 2 else role = 'owner' end)
);
create index account_links_shop on account_links (organization_id);
create index account_links_user on account_links (user_id);
create index account_links_expires on account_links (expires_at);
