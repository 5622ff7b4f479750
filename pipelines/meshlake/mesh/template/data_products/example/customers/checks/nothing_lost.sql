-- Every order is counted: the sums of both products agree.
SELECT
    c.spent,
    o.amount
FROM (SELECT sum(spent) AS spent FROM example.customers) AS c
CROSS JOIN (SELECT sum(amount) AS amount FROM example.orders) AS o
WHERE abs(c.spent - o.amount) > 0.005
