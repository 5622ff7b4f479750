-- question: Which plans and contracts lost the largest share of their customers in the last 90 days?
-- promised_seconds: 0.5
WITH last_day AS (
    SELECT MAX(used_on) AS as_of_date
    FROM usage.daily_usage
),

customers_then AS (
    SELECT
        customers.plan,
        customers.contract_type,
        CASE WHEN customers.cancelled_on IS NULL THEN 0 ELSE 1 END AS has_left
    FROM crm.customers
    CROSS JOIN last_day
    WHERE
        customers.signed_up_on < last_day.as_of_date - INTERVAL 90 DAY
        AND COALESCE(customers.cancelled_on >= last_day.as_of_date - INTERVAL 90 DAY, TRUE)
)

SELECT
    plan,
    contract_type,
    COUNT(*) AS customers_90_days_ago,
    SUM(has_left) AS customers_lost,
    ROUND(100.0 * SUM(has_left) / COUNT(*), 1) AS lost_percent
FROM customers_then
GROUP BY
    plan,
    contract_type
ORDER BY
    lost_percent DESC,
    plan ASC,
    contract_type ASC
