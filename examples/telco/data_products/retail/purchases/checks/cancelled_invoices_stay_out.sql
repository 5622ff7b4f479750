-- No purchase is made of a cancellation, an adjustment or an invoice that names nobody.
SELECT
    purchases.invoice_no,
    purchases.customer_id
FROM retail.purchases AS purchases
INNER JOIN retail.transactions AS invoice_lines
    ON purchases.invoice_no = invoice_lines.invoice_no
WHERE
    invoice_lines.is_cancellation
    OR invoice_lines.invoice_no LIKE 'A%'
    OR invoice_lines.customer_id IS NULL
