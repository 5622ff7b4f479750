-- What was known of every customer on each cut-off date: one every 30 days, the last the day after all usage.
-- Nothing dated on or after the cut-off is used, payments and ticket closings included, but for the label.
WITH followed AS (
    SELECT
        MIN(used_on) AS first_day,
        CAST(MAX(used_on) + INTERVAL 1 DAY AS DATE) AS next_day
    FROM usage.daily_usage
),

cutoffs AS (
    SELECT
        CAST(followed.next_day - steps.days_back * INTERVAL 1 DAY AS DATE) AS cutoff_date,
        CAST(followed.next_day - (steps.days_back + 30) * INTERVAL 1 DAY AS DATE) AS month_start,
        CAST(followed.next_day - (steps.days_back - 30) * INTERVAL 1 DAY AS DATE) AS label_end,
        followed.next_day
    FROM followed
    CROSS JOIN (VALUES (0), (30), (60), (90), (120)) AS steps (days_back)
    -- there must be a month to look back on
    WHERE DATE_DIFF('day', followed.first_day, followed.next_day) >= steps.days_back + 30
),

customer_cutoffs AS (
    SELECT
        customers.*,
        cutoffs.cutoff_date,
        CASE
            WHEN cutoffs.label_end <= cutoffs.next_day
                THEN COALESCE(customers.cancelled_on < cutoffs.label_end, FALSE)
        END AS is_churned
    FROM crm.customers
    INNER JOIN cutoffs
        ON
            customers.signed_up_on < cutoffs.cutoff_date
            AND COALESCE(customers.cancelled_on >= cutoffs.cutoff_date, TRUE)
),

usage_days AS (
    SELECT
        daily_usage.*,
        cutoffs.cutoff_date,
        DATE_DIFF('day', daily_usage.used_on, cutoffs.cutoff_date) AS age_days
    FROM usage.daily_usage
    INNER JOIN cutoffs
        ON
            daily_usage.used_on < cutoffs.cutoff_date
            AND daily_usage.used_on >= cutoffs.cutoff_date - INTERVAL 60 DAY
),

usage_by_cutoff AS (
    SELECT
        customer_id,
        cutoff_date,
        CAST(SUM(CASE WHEN age_days <= 30 THEN voice_minutes ELSE 0 END) AS DOUBLE) AS voice_minutes,
        CAST(SUM(CASE WHEN age_days > 30 THEN voice_minutes ELSE 0 END) AS DOUBLE) AS voice_minutes_before,
        CAST(SUM(CASE WHEN age_days <= 30 THEN data_mb ELSE 0 END) AS DOUBLE) AS data_mb,
        CAST(SUM(CASE WHEN age_days > 30 THEN data_mb ELSE 0 END) AS DOUBLE) AS data_mb_before,
        CAST(SUM(CASE WHEN age_days <= 7 THEN data_mb ELSE 0 END) AS DOUBLE) AS data_mb_last_week,
        SUM(CASE WHEN age_days <= 30 THEN sms_count ELSE 0 END) AS sms_count,
        SUM(CASE WHEN age_days <= 30 THEN dropped_calls ELSE 0 END) AS dropped_calls,
        COUNT(CASE WHEN age_days <= 30 AND voice_minutes + data_mb + sms_count > 0 THEN 1 END) AS active_days
    FROM usage_days
    GROUP BY
        customer_id,
        cutoff_date
),

tickets_by_cutoff AS (
    SELECT
        tickets.customer_id,
        cutoffs.cutoff_date,
        COUNT(*) AS last_60_days,
        COUNT(CASE WHEN tickets.opened_at >= cutoffs.month_start THEN 1 END) AS last_30_days,
        SUM(CASE WHEN tickets.closed_at < cutoffs.cutoff_date THEN 0 ELSE 1 END) AS still_open,
        MIN(
            CASE WHEN tickets.closed_at < cutoffs.cutoff_date THEN tickets.satisfaction_score END
        ) AS lowest_score
    FROM support.tickets
    INNER JOIN cutoffs
        ON
            tickets.opened_at < cutoffs.cutoff_date
            AND tickets.opened_at >= cutoffs.cutoff_date - INTERVAL 60 DAY
    GROUP BY
        tickets.customer_id,
        cutoffs.cutoff_date
),

payments_by_cutoff AS (
    SELECT
        invoices.customer_id,
        cutoffs.cutoff_date,
        COUNT(
            CASE WHEN invoices.paid_on > invoices.due_on AND invoices.paid_on < cutoffs.cutoff_date THEN 1 END
        ) AS paid_late,
        SUM(CASE WHEN invoices.paid_on < cutoffs.cutoff_date THEN 0 ELSE 1 END) AS overdue,
        SUM(
            CASE WHEN invoices.paid_on < cutoffs.cutoff_date THEN 0 ELSE invoices.amount_eur END
        ) AS overdue_eur
    FROM billing.invoices
    INNER JOIN cutoffs
        ON
            invoices.due_on < cutoffs.cutoff_date
            AND invoices.due_on >= cutoffs.cutoff_date - INTERVAL 60 DAY
    GROUP BY
        invoices.customer_id,
        cutoffs.cutoff_date
)

SELECT
    base.customer_id,
    base.cutoff_date,
    base.region,
    base.plan,
    base.contract_type,
    base.payment_method,
    CAST(base.monthly_fee_eur AS DOUBLE) AS monthly_fee_eur,
    CAST(EXTRACT(YEAR FROM base.cutoff_date) AS BIGINT) - base.birth_year AS age_years,
    CAST(DATE_DIFF('day', base.signed_up_on, base.cutoff_date) AS BIGINT) AS tenure_days,
    COALESCE(used.voice_minutes, 0) AS voice_minutes_last_30_days,
    CAST(COALESCE(used.data_mb, 0) AS BIGINT) AS data_mb_last_30_days,
    CAST(COALESCE(used.sms_count, 0) AS BIGINT) AS sms_last_30_days,
    CAST(COALESCE(used.dropped_calls, 0) AS BIGINT) AS dropped_calls_last_30_days,
    CAST(COALESCE(used.active_days, 0) AS BIGINT) AS active_days_last_30_days,
    used.voice_minutes / NULLIF(used.voice_minutes_before, 0) AS voice_change_ratio,
    used.data_mb / NULLIF(used.data_mb_before, 0) AS data_change_ratio,
    used.data_mb_last_week / NULLIF(used.data_mb, 0) AS data_share_last_7_days,
    CAST(base.monthly_fee_eur AS DOUBLE) / (
        1 + COALESCE(used.data_mb / 1024 + used.voice_minutes / 60, 0)
    ) AS fee_per_use_eur,
    CAST(COALESCE(tickets.last_30_days, 0) AS BIGINT) AS tickets_last_30_days,
    CAST(COALESCE(tickets.last_60_days, 0) AS BIGINT) AS tickets_last_60_days,
    CAST(COALESCE(tickets.still_open, 0) AS BIGINT) AS open_tickets,
    tickets.lowest_score AS lowest_score_last_60_days,
    CAST(COALESCE(payments.paid_late, 0) AS BIGINT) AS late_payments_last_60_days,
    CAST(COALESCE(payments.overdue, 0) AS BIGINT) AS overdue_invoices,
    CAST(COALESCE(payments.overdue_eur, 0) AS DOUBLE) AS overdue_eur,
    base.is_churned
FROM customer_cutoffs AS base
LEFT JOIN usage_by_cutoff AS used
    ON
        base.customer_id = used.customer_id
        AND base.cutoff_date = used.cutoff_date
LEFT JOIN tickets_by_cutoff AS tickets
    ON
        base.customer_id = tickets.customer_id
        AND base.cutoff_date = tickets.cutoff_date
LEFT JOIN payments_by_cutoff AS payments
    ON
        base.customer_id = payments.customer_id
        AND base.cutoff_date = payments.cutoff_date
