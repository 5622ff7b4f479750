-- Nobody flagged is less likely to leave than somebody who is not.
SELECT *
FROM retention.flat_churn_predictions
WHERE
    is_predicted_churn
    AND churn_probability < (
        SELECT MAX(churn_probability)
        FROM retention.flat_churn_predictions
        WHERE NOT is_predicted_churn
    )
