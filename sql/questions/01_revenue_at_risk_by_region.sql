-- question: How much monthly revenue is at risk in each region, and what share of the region's revenue is it?
-- promised_seconds: 0.5
WITH revenue_by_region AS (
    SELECT
        region,
        COUNT(*) AS customers,
        SUM(monthly_fee_eur) AS monthly_revenue_eur
    FROM crm.customers
    WHERE cancelled_on IS NULL
    GROUP BY region
),

risk_by_region AS (
    SELECT
        region,
        COUNT(*) AS flagged_customers,
        SUM(monthly_fee_eur) AS revenue_at_risk_eur,
        SUM(expected_loss_eur) AS expected_loss_eur
    FROM retention.customers_at_risk
    GROUP BY region
)

SELECT
    revenue.region,
    revenue.customers,
    COALESCE(risk.flagged_customers, 0) AS flagged_customers,
    revenue.monthly_revenue_eur,
    COALESCE(risk.revenue_at_risk_eur, 0) AS revenue_at_risk_eur,
    ROUND(COALESCE(risk.expected_loss_eur, 0), 2) AS expected_loss_eur,
    ROUND(100.0 * COALESCE(risk.revenue_at_risk_eur, 0) / revenue.monthly_revenue_eur, 1) AS at_risk_percent
FROM revenue_by_region AS revenue
LEFT JOIN risk_by_region AS risk
    ON revenue.region = risk.region
ORDER BY
    revenue_at_risk_eur DESC,
    revenue.region ASC
