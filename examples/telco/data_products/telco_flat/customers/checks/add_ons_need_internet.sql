-- Without internet every add-on says so, and with it none does.
SELECT
    customer_id,
    internet_service,
    online_security,
    online_backup,
    device_protection,
    tech_support,
    streaming_tv,
    streaming_movies,
    has_phone_service,
    multiple_lines
FROM telco_flat.customers
WHERE
    (internet_service = 'No') <> (online_security = 'No internet service')
    OR (internet_service = 'No') <> (online_backup = 'No internet service')
    OR (internet_service = 'No') <> (device_protection = 'No internet service')
    OR (internet_service = 'No') <> (tech_support = 'No internet service')
    OR (internet_service = 'No') <> (streaming_tv = 'No internet service')
    OR (internet_service = 'No') <> (streaming_movies = 'No internet service')
    OR has_phone_service <> (multiple_lines <> 'No phone service')
