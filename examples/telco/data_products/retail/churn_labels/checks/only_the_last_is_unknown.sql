-- Labels are known at every cut-off but the last, and at none of the last.
SELECT *
FROM retail.churn_labels
WHERE
    (is_churned IS NULL)
    <> (cutoff_date = (SELECT MAX(cutoff_date) FROM retail.churn_labels))
