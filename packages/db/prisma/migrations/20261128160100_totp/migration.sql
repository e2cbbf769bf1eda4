-- Codes of an authenticator beside the password, for users who want them.
create table user_totp (
  user_id bigint primary key references users (id) on delete cascade,
  -- Sealed with a key derived from SECRET_KEY.
  sealed_secret text not null,
  -- Null until a first code has proved that the authenticator knows the secret; codes are asked for from then on.
  confirmed_at timestamptz,
  -- The step (30 seconds) of the last code that was used: none works twice.
  last_step bigint not null default 0
);

create table recovery_codes (
  user_id bigint not null references users (id) on delete cascade,
  -- SHA-256: codes have 80 random bits.
  code_hash text not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
