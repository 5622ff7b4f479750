SELECT
    customer,
    count(*) AS orders,
    sum(amount) AS spent,
    max(ordered_on) AS last_ordered_on
FROM example.orders
GROUP BY customer
