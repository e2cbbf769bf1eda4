-- When a shop is erased that was told to be; until then it can be called off.
alter table organizations add column erase_at timestamptz;
