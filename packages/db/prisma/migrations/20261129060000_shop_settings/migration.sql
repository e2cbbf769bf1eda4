-- What a shop has set for itself over what the environment says, while everything runs. A setting that went back to its default keeps its row
-- without a value, so that every process hears of it.
create table shop_settings (
  organization_id bigint not null references organizations (id),
  name text not null check (length(name) between 1 and 60),
  -- As an operator would write it in the environment.
  value text check (length(value) <= 8000),
  set_at timestamptz not null,
  set_by text not null check (length(set_by) <= 60),
  -- The transaction that wrote it last: processes ask for what was written since they asked before.
  xact bigint not null default pg_current_xact_id()::text::bigint,
  primary key (organization_id, name)
);
create index shop_settings_xact on shop_settings (xact);

comment on column organizations.timezone is 'Not read any more: a row of shop_settings.';
comment on column organizations.holiday_region is 'Not read any more: a row of shop_settings.';
comment on column organizations.rest_days is 'Not read any more: a row of shop_settings.';
