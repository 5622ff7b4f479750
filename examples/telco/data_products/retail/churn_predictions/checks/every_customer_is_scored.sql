-- A customer of the latest cut-off without a score would be missed by everyone who reads only the scores.
WITH last_cutoff AS (
    SELECT MAX(cutoff_date) AS cutoff_date
    FROM retail.churn_features
)

SELECT features.customer_id
FROM retail.churn_features AS features
INNER JOIN last_cutoff
    ON features.cutoff_date = last_cutoff.cutoff_date
LEFT JOIN retail.churn_predictions AS predictions
    ON features.customer_id = predictions.customer_id
WHERE predictions.customer_id IS NULL
