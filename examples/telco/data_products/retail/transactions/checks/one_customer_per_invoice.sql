-- An invoice goes to one customer; retail.purchases relies on it.
SELECT
    invoice_no,
    MIN(customer_id) AS lowest_customer_id,
    MAX(customer_id) AS highest_customer_id
FROM retail.transactions
GROUP BY invoice_no
HAVING MIN(customer_id) <> MAX(customer_id)
