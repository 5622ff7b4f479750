-- Recency, frequency and monetary value of every customer on the last day there are purchases of.
WITH last_day AS (
    SELECT MAX(purchased_on) AS as_of_date
    FROM retail.transactions
)

SELECT
    transactions.customer_id,
    last_day.as_of_date,
    CAST(DATE_DIFF('day', MAX(transactions.purchased_on), last_day.as_of_date) AS BIGINT) AS recency_days,
    -- days with a purchase: the rows of one day may be one order
    COUNT(DISTINCT transactions.purchased_on) AS frequency,
    CAST(SUM(transactions.amount_usd) AS DOUBLE) AS monetary
FROM retail.transactions
CROSS JOIN last_day
GROUP BY
    transactions.customer_id,
    last_day.as_of_date
