-- A parcel that fails when it is asked about alone is asked five times before it is blamed, so it collects up to eight strikes.
alter table tracking_schedule drop constraint tracking_schedule_strikes_check,
  add constraint tracking_schedule_strikes_check check (strikes between 0 and 8);
