-- A price below zero is an adjustment of bad debt.
SELECT
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    customer_id
FROM retail.transactions
WHERE
    unit_price < 0
    AND invoice_no NOT LIKE 'A%'
