-- question: Which usage segments pay most, how promptly, and how likely are they to leave?
-- promised_seconds: 0.5
WITH invoices_by_customer AS (
    SELECT
        customer_id,
        COUNT(*) AS invoices,
        SUM(amount_eur) AS invoiced_eur,
        SUM(CASE WHEN COALESCE(paid_on <= due_on, FALSE) THEN 1 ELSE 0 END) AS paid_in_time
    FROM billing.invoices
    GROUP BY customer_id
)

SELECT
    segments.segment_name,
    COUNT(*) AS customers,
    ROUND(SUM(invoices.invoiced_eur) / SUM(invoices.invoices), 2) AS mean_invoice_eur,
    ROUND(100.0 * SUM(invoices.paid_in_time) / SUM(invoices.invoices), 1) AS paid_in_time_percent,
    ROUND(100.0 * AVG(predictions.churn_probability), 1) AS mean_churn_percent
FROM retention.customer_segments AS segments
INNER JOIN invoices_by_customer AS invoices
    ON segments.customer_id = invoices.customer_id
LEFT JOIN retention.churn_predictions AS predictions
    ON segments.customer_id = predictions.customer_id
GROUP BY segments.segment_name
ORDER BY
    mean_invoice_eur DESC,
    segments.segment_name ASC
