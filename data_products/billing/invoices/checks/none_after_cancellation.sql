-- Nobody is invoiced after their last day as a customer.
SELECT
    invoices.invoice_id,
    invoices.customer_id,
    invoices.issued_on,
    customers.cancelled_on
FROM billing.invoices
INNER JOIN crm.customers
    ON invoices.customer_id = customers.customer_id
WHERE invoices.issued_on > customers.cancelled_on
