-- severity: warning
-- Customers without an e-mail address cannot be written to; up to one in twenty is expected.
WITH shares AS (
    SELECT CAST(COUNT(email) AS DOUBLE) / COUNT(*) AS with_email
    FROM crm.customers
)

SELECT
    customers.customer_id,
    customers.full_name
FROM crm.customers
CROSS JOIN shares
WHERE
    customers.email IS NULL
    AND shares.with_email < 0.95
