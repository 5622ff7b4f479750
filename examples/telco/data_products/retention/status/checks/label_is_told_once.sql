-- The label comes as text, as a figure and within the status; those who left, and only they, give a reason.
SELECT
    customer_id,
    customer_status,
    churn_label,
    churn_value,
    churn_category,
    churn_reason
FROM retention.status
WHERE
    churn_label <> (churn_value = 1)
    OR churn_label <> (customer_status = 'Churned')
    OR churn_label <> (churn_category IS NOT NULL)
    OR churn_label <> (churn_reason IS NOT NULL)
