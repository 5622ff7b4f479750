-- Everything counted lies before the cut-off; the label alone, made in retail.churn_labels, looks after it.
-- How long a customer has been known is left out: the files begin in December 2009, so it would only tell the
-- cut-offs apart. Averages and gaps are of the whole history before the cut-off.
WITH histories AS (
    SELECT
        purchases.*,
        labels.cutoff_date,
        DATE_DIFF('day', CAST(purchases.purchased_at AS DATE), labels.cutoff_date) AS days_ago
    FROM retail.churn_labels AS labels
    INNER JOIN retail.purchases AS purchases
        ON
            labels.customer_id = purchases.customer_id
            AND labels.cutoff_date > CAST(purchases.purchased_at AS DATE)
),

habits AS (
    SELECT
        customer_id,
        cutoff_date,
        MIN(days_ago) AS recency_days,
        MAX(days_ago) - MIN(days_ago) AS active_days,
        COUNT(DISTINCT days_ago) - 1 AS gap_count,
        COUNT(CASE WHEN days_ago <= 365 THEN 1 END) AS purchases_last_365_days,
        COUNT(CASE WHEN days_ago <= 180 THEN 1 END) AS purchases_last_180_days,
        COUNT(CASE WHEN days_ago <= 90 THEN 1 END) AS purchases_last_90_days,
        COUNT(CASE WHEN days_ago <= 30 THEN 1 END) AS purchases_last_30_days,
        COUNT(CASE WHEN days_ago BETWEEN 276 AND 365 THEN 1 END) AS purchases_same_90_days_last_year,
        SUM(CASE WHEN days_ago <= 365 THEN amount ELSE 0 END) AS amount_last_365_days,
        SUM(CASE WHEN days_ago <= 90 THEN amount ELSE 0 END) AS amount_last_90_days,
        CAST(SUM(amount) AS DOUBLE) / COUNT(*) AS avg_amount,
        MAX(amount) AS max_amount,
        AVG(product_count) AS avg_products,
        AVG(item_count) AS avg_items,
        COUNT(CASE WHEN country = 'United Kingdom' THEN 1 END) > 0 AS is_from_united_kingdom
    FROM histories
    GROUP BY
        customer_id,
        cutoff_date
),

cancellations AS (
    SELECT
        labels.customer_id,
        labels.cutoff_date,
        COUNT(DISTINCT cancelled.invoice_no) AS invoice_count,
        -SUM(cancelled.quantity * cancelled.unit_price) AS amount
    FROM retail.churn_labels AS labels
    INNER JOIN retail.transactions AS cancelled
        ON labels.customer_id = cancelled.customer_id
    WHERE
        cancelled.is_cancellation
        AND DATE_DIFF('day', CAST(cancelled.invoiced_at AS DATE), labels.cutoff_date) BETWEEN 1 AND 365
    GROUP BY
        labels.customer_id,
        labels.cutoff_date
)

SELECT
    labels.customer_id,
    labels.cutoff_date,
    labels.is_churned,
    habits.recency_days,
    habits.purchases_last_365_days,
    habits.purchases_last_180_days,
    habits.purchases_last_90_days,
    habits.purchases_last_30_days,
    habits.purchases_same_90_days_last_year,
    habits.amount_last_365_days,
    habits.amount_last_90_days,
    habits.avg_amount,
    habits.max_amount,
    habits.avg_products,
    habits.avg_items,
    habits.is_from_united_kingdom,
    COALESCE(cancellations.invoice_count, 0) AS cancellations_last_365_days,
    COALESCE(cancellations.amount, 0) AS cancelled_amount_last_365_days,
    CAST(habits.active_days AS DOUBLE) / NULLIF(habits.gap_count, 0) AS avg_gap_days,
    CAST(habits.recency_days * habits.gap_count AS DOUBLE) / NULLIF(habits.active_days, 0) AS recency_in_gaps
FROM retail.churn_labels AS labels
INNER JOIN habits
    ON labels.customer_id = habits.customer_id AND labels.cutoff_date = habits.cutoff_date
LEFT JOIN cancellations
    ON labels.customer_id = cancellations.customer_id AND labels.cutoff_date = cancellations.cutoff_date
