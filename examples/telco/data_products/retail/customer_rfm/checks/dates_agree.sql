-- A customer who bought once has one date, and the first purchase is not after the last.
SELECT
    customer_id,
    frequency,
    first_purchase_date,
    last_purchase_date
FROM retail.customer_rfm
WHERE
    first_purchase_date > last_purchase_date
    OR (frequency = 1 AND first_purchase_date <> last_purchase_date)
