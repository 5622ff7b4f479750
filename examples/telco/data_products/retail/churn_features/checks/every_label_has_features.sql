-- A customer and cut-off without features would be left out of training unseen.
SELECT
    labels.customer_id,
    labels.cutoff_date
FROM retail.churn_labels AS labels
LEFT JOIN retail.churn_features AS features
    ON labels.customer_id = features.customer_id AND labels.cutoff_date = features.cutoff_date
WHERE features.customer_id IS NULL
