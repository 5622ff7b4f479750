-- severity: warning
-- Counts the customers whose total charges are blank: they are kept, with null, and scored with zero.
SELECT
    customer_id,
    tenure_months,
    monthly_charges
FROM telco_flat.customers
WHERE total_charges IS NULL
