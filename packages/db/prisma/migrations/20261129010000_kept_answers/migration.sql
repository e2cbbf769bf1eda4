-- What a request with an Idempotency-Key was answered, written in the transaction of what it did: the same request gets the same answer.
create table kept_answers (
  -- Of who asked, for which shop, which route, and the key that they sent.
  key_hmac text primary key,
  -- Null for operators who belong to no shop.
  organization_id bigint references organizations (id),
  -- The role of the fence that did it: none reads what another one keeps.
  kept_by text not null check (kept_by in ('shop', 'access', 'worker')),
  -- Of the address and the body.
  request_hmac text not null,
  status smallint not null check (status between 200 and 299),
  location text,
  body text,
  -- The fields that were secrets, and are not in the body.
  left_out text[] not null default '{}',
  at timestamptz not null
);
create index kept_answers_at on kept_answers (at);
