-- severity: warning
-- A zip code of offices or boxes may have no people; many of them would mean a broken file.
SELECT
    zip_code,
    population
FROM geo.population
WHERE population = 0
