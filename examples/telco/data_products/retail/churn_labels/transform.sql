-- A cut-off is the midnight at which its day begins. The last day of the files ends at noon, so the latest 90
-- days they hold in full end before it: 90 days before it is the last labelled cut-off. Nine more lie 30 days
-- apart, so that its season was there the year before, and their 90 days end where those of the last begin.
-- -1 is the end of the files, whose future is unknown.
WITH steps (days_before) AS (
    VALUES (-1), (90), (180), (210), (240), (270), (300), (330), (360), (390), (420), (450)
),

cutoffs AS (
    SELECT
        CAST(last_day.purchase_date - steps.days_before * INTERVAL 1 DAY AS DATE) AS cutoff_date,
        steps.days_before > 0 AS is_future_known
    FROM (SELECT CAST(MAX(purchased_at) AS DATE) AS purchase_date FROM retail.purchases) AS last_day
    CROSS JOIN steps
),

purchase_days AS (
    SELECT
        purchases.customer_id,
        cutoffs.cutoff_date,
        cutoffs.is_future_known,
        DATE_DIFF('day', cutoffs.cutoff_date, CAST(purchases.purchased_at AS DATE)) AS days_after
    FROM retail.purchases AS purchases
    CROSS JOIN cutoffs
)

SELECT
    customer_id,
    cutoff_date,
    CASE
        WHEN is_future_known THEN COUNT(CASE WHEN days_after BETWEEN 0 AND 89 THEN 1 END) = 0
    END AS is_churned
FROM purchase_days
GROUP BY
    customer_id,
    cutoff_date,
    is_future_known
HAVING COUNT(CASE WHEN days_after BETWEEN -365 AND -1 THEN 1 END) > 0
