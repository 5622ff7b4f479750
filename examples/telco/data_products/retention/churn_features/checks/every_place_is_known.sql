-- severity: warning
-- A customer whose home or zip code is in no table is scored without it.
SELECT
    customer_id,
    latitude,
    longitude,
    zip_population
FROM retention.churn_features
WHERE
    latitude IS NULL
    OR zip_population IS NULL
