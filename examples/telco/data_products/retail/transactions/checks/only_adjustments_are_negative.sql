-- A price below zero is an adjustment of bad debt.
SELECT *
FROM retail.transactions
WHERE
    unit_price < 0
    AND invoice_no NOT LIKE 'A%'
