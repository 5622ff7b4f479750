-- What was known of every customer who bought in the 365 days before a cut-off, one cut-off every 90 days.
-- The last cut-off is the day after the last purchase; whether its customers will buy again nobody knows yet.
WITH followed AS (
    SELECT
        MIN(purchased_on) AS first_day,
        CAST(MAX(purchased_on) + INTERVAL 1 DAY AS DATE) AS next_day
    FROM retail.transactions
),

cutoffs AS (
    SELECT
        CAST(followed.next_day - steps.days_back * INTERVAL 1 DAY AS DATE) AS cutoff_date,
        steps.days_back > 0 AS is_label_known
    FROM followed
    CROSS JOIN (VALUES (0), (90), (180), (270), (360)) AS steps (days_back)
    -- there must be a quarter to look back on
    WHERE DATE_DIFF('day', followed.first_day, followed.next_day) >= steps.days_back + 90
),

purchase_days AS (
    SELECT
        customer_id,
        purchased_on,
        SUM(quantity) AS quantity,
        SUM(amount_usd) AS amount_usd
    FROM retail.transactions
    GROUP BY
        customer_id,
        purchased_on
),

customer_cutoffs AS (
    SELECT
        bought.customer_id,
        cutoffs.cutoff_date,
        cutoffs.is_label_known,
        MIN(bought.purchased_on) AS first_on,
        MAX(bought.purchased_on) AS last_on,
        COUNT(*) AS frequency,
        SUM(bought.quantity) AS quantity,
        CAST(SUM(bought.amount_usd) AS DOUBLE) AS monetary,
        COUNT(CASE WHEN bought.purchased_on >= cutoffs.cutoff_date - INTERVAL 90 DAY THEN 1 END) AS recent
    FROM purchase_days AS bought
    INNER JOIN cutoffs
        ON bought.purchased_on < cutoffs.cutoff_date
    GROUP BY
        bought.customer_id,
        cutoffs.cutoff_date,
        cutoffs.is_label_known
    -- whoever has not bought for a year is no customer to lose
    HAVING MAX(bought.purchased_on) >= cutoffs.cutoff_date - INTERVAL 365 DAY
),

customers_who_returned AS (
    SELECT DISTINCT
        bought.customer_id,
        cutoffs.cutoff_date
    FROM purchase_days AS bought
    INNER JOIN cutoffs
        ON
            bought.purchased_on >= cutoffs.cutoff_date
            AND bought.purchased_on < cutoffs.cutoff_date + INTERVAL 90 DAY
)

SELECT
    base.customer_id,
    base.cutoff_date,
    CAST(DATE_DIFF('day', base.last_on, base.cutoff_date) AS BIGINT) AS recency_days,
    CAST(DATE_DIFF('day', base.first_on, base.cutoff_date) AS BIGINT) AS tenure_days,
    base.frequency,
    CAST(base.recent AS BIGINT) AS frequency_last_90_days,
    CAST(base.quantity AS BIGINT) AS quantity,
    base.monetary,
    base.monetary / base.frequency AS monetary_per_purchase,
    CAST(DATE_DIFF('day', base.first_on, base.last_on) AS DOUBLE)
    / NULLIF(base.frequency - 1, 0) AS mean_gap_days,
    CASE WHEN base.is_label_known THEN returned.customer_id IS NULL END AS is_churned
FROM customer_cutoffs AS base
LEFT JOIN customers_who_returned AS returned
    ON
        base.customer_id = returned.customer_id
        AND base.cutoff_date = returned.cutoff_date
