-- Features are of those who were customers on the cut-off date; the label is what they did after it.
SELECT
    features.customer_id,
    features.cutoff_date,
    features.is_churned,
    customers.signed_up_on,
    customers.cancelled_on
FROM retention.churn_features AS features
LEFT JOIN crm.customers
    ON features.customer_id = customers.customer_id
WHERE
    customers.customer_id IS NULL
    OR customers.signed_up_on >= features.cutoff_date
    OR customers.cancelled_on < features.cutoff_date
    OR features.is_churned <> COALESCE(customers.cancelled_on < features.cutoff_date + INTERVAL 30 DAY, FALSE)
