-- question: Do customers who pay late leave more often, and does the contract hold them?
-- promised_seconds: 0.5
WITH customers_with_outcome AS (
    SELECT
        contract_type,
        late_payments_last_60_days + overdue_invoices > 0 AS is_late_payer,
        CASE WHEN is_churned THEN 1 ELSE 0 END AS has_left
    FROM retention.churn_features
    WHERE is_churned IS NOT NULL
)

SELECT
    contract_type,
    is_late_payer,
    COUNT(*) AS customers,
    ROUND(100.0 * SUM(has_left) / COUNT(*), 1) AS lost_percent
FROM customers_with_outcome
GROUP BY
    contract_type,
    is_late_payer
ORDER BY
    contract_type ASC,
    is_late_payer ASC
