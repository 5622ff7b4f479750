-- The data features count is all of the 30 days before the cut-off and none from the cut-off on.
WITH usage_before AS (
    SELECT
        features.customer_id,
        features.cutoff_date,
        features.data_mb_last_30_days,
        COALESCE(SUM(daily_usage.data_mb), 0) AS data_mb
    FROM retention.churn_features AS features
    LEFT JOIN usage.daily_usage
        ON
            features.customer_id = daily_usage.customer_id
            AND features.cutoff_date > daily_usage.used_on
            AND features.cutoff_date - INTERVAL 30 DAY <= daily_usage.used_on
    GROUP BY
        features.customer_id,
        features.cutoff_date,
        features.data_mb_last_30_days
)

SELECT
    customer_id,
    cutoff_date,
    data_mb_last_30_days,
    data_mb
FROM usage_before
WHERE data_mb_last_30_days <> data_mb
