-- What customers paid in all is what all transactions add up to.
WITH totals AS (
    SELECT
        (SELECT SUM(monetary) FROM retail.customer_rfm) AS monetary,
        (SELECT CAST(SUM(amount_usd) AS DOUBLE) FROM retail.transactions) AS amount_usd
)

SELECT
    monetary,
    amount_usd
FROM totals
WHERE ABS(monetary - amount_usd) > 0.01
