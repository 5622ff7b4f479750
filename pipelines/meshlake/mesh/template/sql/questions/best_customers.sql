-- question: Which customers spend most?
-- promised_seconds: 1
SELECT
    customer,
    spent,
    last_ordered_on
FROM example.customers
ORDER BY spent DESC
LIMIT 3
