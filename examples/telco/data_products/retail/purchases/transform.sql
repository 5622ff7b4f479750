-- A purchase is an invoice for goods to a named customer. Lines of a cancellation, without a customer, for
-- charges that are not goods, or without a quantity or a price are no purchase; retail.line_reconciliation
-- counts each. A cancellation does not name the invoice it takes back, so amounts are before cancellations.
SELECT
    invoice_no,
    customer_id,
    MIN(invoiced_at) AS purchased_at,
    MIN(country) AS country,
    COUNT(*) AS line_count,
    COUNT(DISTINCT stock_code) AS product_count,
    SUM(quantity) AS item_count,
    SUM(quantity * unit_price) AS amount
FROM retail.transactions
WHERE
    customer_id IS NOT NULL
    AND NOT is_cancellation
    AND is_goods
    AND quantity > 0
    AND unit_price > 0
GROUP BY
    invoice_no,
    customer_id
