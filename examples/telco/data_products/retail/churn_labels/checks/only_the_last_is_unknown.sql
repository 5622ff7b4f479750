-- Labels are known at every cut-off but the last, and at none of the last.
WITH last_cutoff AS (
    SELECT MAX(cutoff_date) AS cutoff_date
    FROM retail.churn_labels
)

SELECT
    labels.customer_id,
    labels.cutoff_date,
    labels.is_churned
FROM retail.churn_labels AS labels
CROSS JOIN last_cutoff
WHERE (labels.is_churned IS NULL) <> (labels.cutoff_date = last_cutoff.cutoff_date)
