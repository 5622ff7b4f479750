-- A customer of any telco table that has no features, or a feature row without a label, was lost in a join.
SELECT
    demographics.customer_id,
    features.customer_id AS features_of,
    features.is_churned
FROM crm.demographics AS demographics
LEFT JOIN retention.churn_features AS features
    ON demographics.customer_id = features.customer_id
WHERE
    features.customer_id IS NULL
    OR features.is_churned IS NULL
