-- A customer without a segment would be missed by everyone who reads only the segments.
SELECT rfm.customer_id
FROM retail.customer_rfm AS rfm
LEFT JOIN retail.customer_segments AS segments
    ON rfm.customer_id = segments.customer_id
WHERE segments.customer_id IS NULL
