-- severity: warning
-- Customers without an e-mail address cannot be written to; one in twenty is expected.
SELECT
    customer_id,
    full_name
FROM crm.customers
WHERE
    email IS NULL
    AND cancelled_on IS NULL
    AND (SELECT COUNT(email) FROM crm.customers) < 0.95 * (SELECT COUNT(*) FROM crm.customers)
