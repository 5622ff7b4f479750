-- Nothing is downloaded without internet, no line is used without a phone, and a connection has a kind.
SELECT
    customer_id,
    has_internet_service,
    internet_type,
    avg_monthly_download_gb,
    has_phone_service,
    has_multiple_lines,
    avg_monthly_long_distance_charges,
    has_referred_a_friend,
    number_of_referrals
FROM billing.services
WHERE
    has_internet_service <> (internet_type IS NOT NULL)
    OR (NOT has_internet_service AND avg_monthly_download_gb > 0)
    OR (NOT has_phone_service AND (has_multiple_lines OR avg_monthly_long_distance_charges > 0))
    OR has_referred_a_friend <> (number_of_referrals > 0)
