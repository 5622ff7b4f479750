-- Every invoice is of a customer the CRM knows.
SELECT
    invoices.invoice_id,
    invoices.customer_id
FROM billing.invoices
LEFT JOIN crm.customers
    ON invoices.customer_id = customers.customer_id
WHERE customers.customer_id IS NULL
