-- question: Which retail customers spent most, have not bought for half a year, and are worth a letter?
-- promised_seconds: 0.5
SELECT
    rfm.customer_id,
    segments.segment_name,
    rfm.recency_days,
    rfm.frequency,
    rfm.monetary AS spent_usd,
    ROUND(100.0 * (1 - predictions.churn_probability), 1) AS comes_back_percent
FROM retail.customer_rfm AS rfm
INNER JOIN retail.customer_segments AS segments
    ON rfm.customer_id = segments.customer_id
LEFT JOIN retail.churn_predictions AS predictions
    ON rfm.customer_id = predictions.customer_id
WHERE rfm.recency_days > 180
ORDER BY
    rfm.monetary DESC,
    rfm.customer_id ASC
LIMIT 20
