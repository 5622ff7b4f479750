-- The flagged customers who have not left already, the likeliest leaver first, for whoever calls them.
SELECT
    ROW_NUMBER() OVER (
        ORDER BY predictions.churn_probability DESC, customers.monthly_fee_eur DESC, customers.customer_id ASC
    ) AS risk_rank,
    predictions.customer_id,
    customers.full_name,
    customers.email,
    customers.phone,
    customers.region,
    customers.plan,
    customers.contract_type,
    predictions.churn_probability,
    customers.monthly_fee_eur,
    predictions.churn_probability * CAST(customers.monthly_fee_eur AS DOUBLE) AS expected_loss_eur,
    predictions.reason_1,
    predictions.reason_2,
    predictions.reason_3,
    predictions.cutoff_date
FROM retention.churn_predictions AS predictions
INNER JOIN crm.customers
    ON predictions.customer_id = customers.customer_id
WHERE
    predictions.is_predicted_churn
    AND customers.cancelled_on IS NULL
