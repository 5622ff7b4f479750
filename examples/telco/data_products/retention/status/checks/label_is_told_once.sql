-- The label comes as text, as a figure and within the status; a reason is given by those who left and no one else.
SELECT *
FROM retention.status
WHERE
    churn_label <> (churn_value = 1)
    OR churn_label <> (customer_status = 'Churned')
    OR churn_label <> (churn_category IS NOT NULL)
    OR churn_label <> (churn_reason IS NOT NULL)
