-- As of the midnight after the last purchase, so that the latest customers are one day old, not none, and
-- every column has a logarithm.
WITH last_day AS (
    SELECT CAST(MAX(purchased_at) AS DATE) AS purchase_date
    FROM retail.purchases
)

SELECT
    purchases.customer_id,
    CAST(MIN(purchases.purchased_at) AS DATE) AS first_purchase_date,
    CAST(MAX(purchases.purchased_at) AS DATE) AS last_purchase_date,
    DATE_DIFF('day', CAST(MAX(purchases.purchased_at) AS DATE), last_day.purchase_date) + 1 AS recency_days,
    COUNT(*) AS frequency,
    SUM(purchases.amount) AS monetary
FROM retail.purchases AS purchases
CROSS JOIN last_day
GROUP BY
    purchases.customer_id,
    last_day.purchase_date
