-- Left out, because they say after the fact who left: satisfaction_score, customer_status, churn_score,
-- churn_category and churn_reason of retention.status (churn_label is the label, churn_value the same in
-- figures).
-- Left out, because they say nothing: city and zip_code (about seven customers each, so a model would learn
-- them by heart), country, state, quarter and customer_count (constant), and what repeats another column
-- (is_under_30, is_senior_citizen, has_dependents, has_referred_a_friend, lat_long).
SELECT
    demographics.customer_id,
    demographics.gender,
    demographics.age,
    demographics.is_married,
    demographics.number_of_dependents,
    homes.latitude,
    homes.longitude,
    population.population AS zip_population,
    services.number_of_referrals,
    services.tenure_months,
    services.offer,
    services.has_phone_service,
    services.avg_monthly_long_distance_charges,
    services.has_multiple_lines,
    services.has_internet_service,
    services.internet_type,
    services.avg_monthly_download_gb,
    services.has_online_security,
    services.has_online_backup,
    services.has_device_protection,
    services.has_premium_tech_support,
    services.has_streaming_tv,
    services.has_streaming_movies,
    services.has_streaming_music,
    services.has_unlimited_data,
    services.contract,
    services.is_paperless_billing,
    services.payment_method,
    services.monthly_charge,
    services.total_charges,
    services.total_refunds,
    services.total_extra_data_charges,
    services.total_long_distance_charges,
    services.total_revenue,
    status.cltv,
    status.churn_label AS is_churned
FROM crm.demographics AS demographics
INNER JOIN billing.services AS services
    ON demographics.customer_id = services.customer_id
LEFT JOIN crm.location AS homes
    ON demographics.customer_id = homes.customer_id
LEFT JOIN geo.population AS population
    ON homes.zip_code = population.zip_code
LEFT JOIN retention.status AS status
    ON demographics.customer_id = status.customer_id
