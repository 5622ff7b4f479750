-- question: How has the use of the flagged customers gone week by week, against that of the others?
-- promised_seconds: 1.0
WITH last_day AS (
    SELECT MAX(used_on) AS as_of_date
    FROM usage.daily_usage
),

usage_by_week AS (
    SELECT
        predictions.is_predicted_churn,
        daily_usage.data_mb,
        daily_usage.voice_minutes,
        CAST(FLOOR(DATE_DIFF('day', daily_usage.used_on, last_day.as_of_date) / 7) AS BIGINT) AS weeks_ago
    FROM usage.daily_usage
    CROSS JOIN last_day
    INNER JOIN retention.churn_predictions AS predictions
        ON daily_usage.customer_id = predictions.customer_id
    WHERE daily_usage.used_on > last_day.as_of_date - INTERVAL 84 DAY
)

SELECT
    weeks_ago,
    ROUND(AVG(CASE WHEN is_predicted_churn THEN data_mb END), 1) AS flagged_mb_a_day,
    ROUND(AVG(CASE WHEN is_predicted_churn THEN NULL ELSE data_mb END), 1) AS others_mb_a_day,
    ROUND(AVG(CASE WHEN is_predicted_churn THEN voice_minutes END), 1) AS flagged_minutes_a_day,
    ROUND(AVG(CASE WHEN is_predicted_churn THEN NULL ELSE voice_minutes END), 1) AS others_minutes_a_day
FROM usage_by_week
GROUP BY weeks_ago
ORDER BY weeks_ago DESC
