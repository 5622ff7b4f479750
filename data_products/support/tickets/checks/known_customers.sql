-- Every ticket is of a customer the CRM knows.
SELECT
    tickets.ticket_id,
    tickets.customer_id
FROM support.tickets
LEFT JOIN crm.customers
    ON tickets.customer_id = customers.customer_id
WHERE customers.customer_id IS NULL
