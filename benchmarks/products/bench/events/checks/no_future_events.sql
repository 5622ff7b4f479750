-- Nothing happens after the last day there is.
SELECT
    event_id,
    happened_on
FROM bench.events
WHERE happened_on > DATE '2024-12-31'
