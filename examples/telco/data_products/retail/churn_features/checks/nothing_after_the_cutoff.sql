-- Recounted from the purchases alone: one on or after the cut-off's day would make recency smaller.
SELECT
    features.customer_id,
    features.cutoff_date
FROM retail.churn_features AS features
INNER JOIN retail.purchases AS purchases
    ON
        features.customer_id = purchases.customer_id
        AND features.cutoff_date > CAST(purchases.purchased_at AS DATE)
GROUP BY
    features.customer_id,
    features.cutoff_date,
    features.recency_days
HAVING
    features.recency_days
    <> DATE_DIFF('day', CAST(MAX(purchases.purchased_at) AS DATE), features.cutoff_date)
