-- As of the midnight after the last purchase, so that the latest customers are one day old, not none, and a logarithm
-- can be taken of every column.
WITH last_day AS (
    SELECT CAST(MAX(purchased_at) AS DATE) AS purchase_day
    FROM retail.purchases
)

SELECT
    purchases.customer_id,
    DATE_DIFF('day', CAST(MAX(purchases.purchased_at) AS DATE), last_day.purchase_day) + 1 AS recency_days,
    COUNT(*) AS frequency,
    SUM(purchases.amount) AS monetary,
    CAST(MIN(purchases.purchased_at) AS DATE) AS first_purchase_date,
    CAST(MAX(purchases.purchased_at) AS DATE) AS last_purchase_date
FROM retail.purchases AS purchases
CROSS JOIN last_day
GROUP BY
    purchases.customer_id,
    last_day.purchase_day
