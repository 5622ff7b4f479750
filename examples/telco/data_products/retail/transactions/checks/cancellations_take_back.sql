-- severity: warning
-- A cancellation takes goods or money back; one that does not is counted and kept.
SELECT
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    customer_id
FROM retail.transactions
WHERE
    is_cancellation
    AND quantity * unit_price > 0
