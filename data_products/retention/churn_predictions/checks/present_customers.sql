-- Whoever is scored has features at the same, last cut-off date.
SELECT
    predictions.customer_id,
    predictions.cutoff_date
FROM retention.churn_predictions AS predictions
LEFT JOIN retention.churn_features AS features
    ON
        predictions.customer_id = features.customer_id
        AND predictions.cutoff_date = features.cutoff_date
WHERE
    features.customer_id IS NULL
    OR predictions.cutoff_date < (SELECT MAX(latest.cutoff_date) FROM retention.churn_features AS latest)
