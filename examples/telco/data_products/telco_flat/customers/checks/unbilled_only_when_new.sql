-- Total charges are blank for customers of the current month and for no one else.
SELECT
    customer_id,
    tenure_months,
    total_charges
FROM telco_flat.customers
WHERE (total_charges IS NULL) <> (tenure_months = 0)
