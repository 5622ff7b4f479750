-- The first purchase is not after the last, and somebody bought on the last day.
SELECT *
FROM retail.customer_rfm
WHERE
    first_purchase_date > last_purchase_date
    OR (SELECT MIN(recency_days) FROM retail.customer_rfm) <> 1
