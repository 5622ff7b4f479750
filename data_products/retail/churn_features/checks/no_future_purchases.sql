-- Purchases counted are those on days before the cut-off, all of them and no others.
WITH purchases_before AS (
    SELECT
        features.customer_id,
        features.cutoff_date,
        features.frequency,
        COUNT(DISTINCT transactions.purchased_on) AS purchase_days
    FROM retail.churn_features AS features
    LEFT JOIN retail.transactions
        ON
            features.customer_id = transactions.customer_id
            AND features.cutoff_date > transactions.purchased_on
    GROUP BY
        features.customer_id,
        features.cutoff_date,
        features.frequency
)

SELECT
    customer_id,
    cutoff_date,
    frequency,
    purchase_days
FROM purchases_before
WHERE frequency <> purchase_days
