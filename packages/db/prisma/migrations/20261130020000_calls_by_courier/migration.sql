-- How many parcels of each courier a call asked about, '' where no one has said: until the night counts the day, this tells what its calls were for.
alter table api_calls add column couriers jsonb;
