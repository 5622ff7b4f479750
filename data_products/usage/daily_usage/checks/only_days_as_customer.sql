-- Usage is of a customer the CRM knows, from the first to the last day as a customer.
SELECT
    daily_usage.customer_id,
    daily_usage.used_on,
    customers.signed_up_on,
    customers.cancelled_on
FROM usage.daily_usage
LEFT JOIN crm.customers
    ON daily_usage.customer_id = customers.customer_id
WHERE
    customers.customer_id IS NULL
    OR daily_usage.used_on < customers.signed_up_on
    OR daily_usage.used_on > customers.cancelled_on
