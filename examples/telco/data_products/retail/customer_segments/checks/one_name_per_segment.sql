-- A segment has one name, and no other segment has it.
SELECT
    segment_name,
    MIN(segment) AS lowest_segment,
    MAX(segment) AS highest_segment
FROM retail.customer_segments
GROUP BY segment_name
HAVING MIN(segment) <> MAX(segment)
UNION ALL
SELECT
    MIN(segment_name) AS segment_name,
    segment AS lowest_segment,
    segment AS highest_segment
FROM retail.customer_segments
GROUP BY segment
HAVING MIN(segment_name) <> MAX(segment_name)
