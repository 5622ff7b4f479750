-- The files overlap in December 2010; lines lost in another month would be a new overlap, or a loss.
SELECT
    month_start,
    repeated_lines
FROM retail.line_reconciliation
WHERE
    repeated_lines <> 0
    AND month_start <> DATE '2010-12-01'
