-- question: Do tickets precede churn: how many customers leave in 30 days, by tickets in the 30 before?
-- promised_seconds: 0.5
WITH customers_with_outcome AS (
    SELECT
        CASE
            WHEN tickets_last_30_days >= 3 THEN '3 or more'
            ELSE CAST(tickets_last_30_days AS VARCHAR)
        END AS tickets,
        CASE WHEN is_churned THEN 1 ELSE 0 END AS has_left
    FROM retention.churn_features
    WHERE is_churned IS NOT NULL
)

SELECT
    tickets AS tickets_last_30_days,
    COUNT(*) AS customers,
    SUM(has_left) AS customers_lost,
    ROUND(100.0 * SUM(has_left) / COUNT(*), 1) AS lost_percent
FROM customers_with_outcome
GROUP BY tickets
ORDER BY tickets ASC
