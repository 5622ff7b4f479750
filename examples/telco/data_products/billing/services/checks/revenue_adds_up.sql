-- Revenue is charges less refunds, with extra data and long distance; a cent of rounding is let through.
SELECT
    customer_id,
    total_charges,
    total_refunds,
    total_extra_data_charges,
    total_long_distance_charges,
    total_revenue
FROM billing.services
WHERE
    ABS(
        total_revenue
        - (total_charges - total_refunds + total_extra_data_charges + total_long_distance_charges)
    ) > 0.01
