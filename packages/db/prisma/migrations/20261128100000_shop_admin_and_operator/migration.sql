-- `admin` was two things: a shop's staff and, in the shop that an installation begins with, whoever runs the installation. The word itself stays
-- for one release, since the release before knows no other.
update api_keys k
   set scopes = k.scopes || case when o.slug = 'default' then '{shop:admin,operator}'::text[] else '{shop:admin}' end
  from organizations o
 where o.id = k.organization_id and 'admin' = any (k.scopes);
