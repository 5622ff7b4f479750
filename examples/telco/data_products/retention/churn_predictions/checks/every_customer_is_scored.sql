-- A customer with features and without a score would be missed by everyone who reads only the scores.
SELECT features.customer_id
FROM retention.churn_features AS features
LEFT JOIN retention.churn_predictions AS predictions
    ON features.customer_id = predictions.customer_id
WHERE predictions.customer_id IS NULL
