-- question: What do customers on each plan complain of, how long do they wait, and are they content after?
-- promised_seconds: 0.5
SELECT
    customers.plan,
    tickets.category,
    COUNT(*) AS tickets,
    SUM(CASE WHEN tickets.closed_at IS NULL THEN 1 ELSE 0 END) AS still_open,
    ROUND(AVG(DATE_DIFF('hour', tickets.opened_at, tickets.closed_at)), 1) AS mean_open_hours,
    ROUND(AVG(tickets.satisfaction_score), 2) AS mean_score
FROM support.tickets
INNER JOIN crm.customers
    ON tickets.customer_id = customers.customer_id
GROUP BY
    customers.plan,
    tickets.category
ORDER BY
    customers.plan ASC,
    tickets DESC
