-- A customer whom nobody judged would be missed by everyone who reads only the unusual ones.
SELECT rfm.customer_id
FROM retail.customer_rfm AS rfm
LEFT JOIN retail.customer_anomalies AS anomalies
    ON rfm.customer_id = anomalies.customer_id
WHERE anomalies.customer_id IS NULL
