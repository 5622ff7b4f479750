-- severity: warning
-- Latitude and longitude are given twice, as one text and as numbers; where they differ the numbers are used.
SELECT
    customer_id,
    zip_code,
    lat_long,
    latitude,
    longitude
FROM crm.location
WHERE
    CAST(SPLIT_PART(lat_long, ', ', 1) AS DOUBLE) <> latitude
    OR CAST(SPLIT_PART(lat_long, ', ', 2) AS DOUBLE) <> longitude
