-- The failed calls of a shop: few, and asked for by parcel long after the others.
create index api_calls_failed on api_calls (organization_id, opened_at) where outcome <> 'ok';
