-- The flags repeat age and number_of_dependents; where they differ, one of the two is wrong.
SELECT
    customer_id,
    age,
    is_under_30,
    is_senior_citizen,
    number_of_dependents,
    has_dependents
FROM crm.demographics
WHERE
    is_under_30 <> (age < 30)
    OR is_senior_citizen <> (age >= 65)
    OR has_dependents <> (number_of_dependents > 0)
