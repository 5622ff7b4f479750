-- What was left out and what was bought add up to what landed.
SELECT
    month_start,
    landed_lines,
    repeated_lines,
    cancellation_lines,
    not_goods_lines,
    no_customer_lines,
    no_value_lines,
    purchase_lines
FROM retail.line_reconciliation
WHERE
    landed_lines
    <> repeated_lines
    + cancellation_lines
    + not_goods_lines
    + no_customer_lines
    + no_value_lines
    + purchase_lines
