-- Counted from the lines themselves, not from the WHERE of retail.purchases: the check that the counts add up
-- fails when one is changed without the other. A line left out for several reasons counts under the first.
WITH landed AS (
    SELECT
        DATE_TRUNC('month', CAST(invoicedate AS TIMESTAMP)) AS month_start,
        COUNT(*) AS line_count
    FROM landing.retail.transactions
    GROUP BY DATE_TRUNC('month', CAST(invoicedate AS TIMESTAMP))
),

line_reasons AS (
    SELECT
        DATE_TRUNC('month', invoiced_at) AS month_start,
        CASE
            WHEN is_cancellation THEN 'cancellation'
            WHEN NOT is_goods THEN 'not_goods'
            WHEN customer_id IS NULL THEN 'no_customer'
            WHEN quantity <= 0 OR unit_price <= 0 THEN 'no_value'
        END AS reason
    FROM retail.transactions
),

reasons AS (
    SELECT
        month_start,
        COUNT(*) AS line_count,
        COUNT(CASE WHEN reason = 'cancellation' THEN 1 END) AS cancellation_lines,
        COUNT(CASE WHEN reason = 'not_goods' THEN 1 END) AS not_goods_lines,
        COUNT(CASE WHEN reason = 'no_customer' THEN 1 END) AS no_customer_lines,
        COUNT(CASE WHEN reason = 'no_value' THEN 1 END) AS no_value_lines
    FROM line_reasons
    GROUP BY month_start
),

purchased AS (
    SELECT
        DATE_TRUNC('month', purchased_at) AS month_start,
        SUM(line_count) AS line_count
    FROM retail.purchases
    GROUP BY DATE_TRUNC('month', purchased_at)
)

SELECT
    CAST(landed.month_start AS DATE) AS month_start,
    landed.line_count AS landed_lines,
    landed.line_count - COALESCE(reasons.line_count, 0) AS repeated_lines,
    COALESCE(reasons.cancellation_lines, 0) AS cancellation_lines,
    COALESCE(reasons.not_goods_lines, 0) AS not_goods_lines,
    COALESCE(reasons.no_customer_lines, 0) AS no_customer_lines,
    COALESCE(reasons.no_value_lines, 0) AS no_value_lines,
    COALESCE(purchased.line_count, 0) AS purchase_lines
FROM landed
LEFT JOIN reasons
    ON landed.month_start = reasons.month_start
LEFT JOIN purchased
    ON landed.month_start = purchased.month_start
