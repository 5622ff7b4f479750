-- No purchase is made of a cancellation, an adjustment or an invoice that names nobody.
SELECT purchases.*
FROM retail.purchases AS purchases
INNER JOIN retail.transactions AS lines
    ON purchases.invoice_no = lines.invoice_no
WHERE
    lines.is_cancellation
    OR lines.invoice_no LIKE 'A%'
    OR lines.customer_id IS NULL
