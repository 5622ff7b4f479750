-- A customer of the latest cut-off without a score would be missed by everyone who reads only the scores.
SELECT features.customer_id
FROM retail.churn_features AS features
LEFT JOIN retail.churn_predictions AS predictions
    ON features.customer_id = predictions.customer_id
WHERE
    features.cutoff_date = (SELECT MAX(cutoff_date) FROM retail.churn_features)
    AND predictions.customer_id IS NULL
