-- Nobody flagged is less likely to leave than somebody who is not.
WITH likeliest_unflagged AS (
    SELECT MAX(churn_probability) AS churn_probability
    FROM retention.churn_predictions
    WHERE NOT is_predicted_churn
)

SELECT
    predictions.customer_id,
    predictions.churn_probability
FROM retention.churn_predictions AS predictions
CROSS JOIN likeliest_unflagged
WHERE
    predictions.is_predicted_churn
    AND predictions.churn_probability < likeliest_unflagged.churn_probability
