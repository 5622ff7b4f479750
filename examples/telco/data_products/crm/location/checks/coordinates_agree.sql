-- Latitude and longitude are given twice, as one text and as numbers.
SELECT *
FROM crm.location
WHERE
    CAST(SPLIT_PART(lat_long, ', ', 1) AS DOUBLE) <> latitude
    OR CAST(SPLIT_PART(lat_long, ', ', 2) AS DOUBLE) <> longitude
