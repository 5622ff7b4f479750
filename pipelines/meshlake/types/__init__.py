"""Types of columns as values: a tree that is parsed once, and its translators.

`tree` holds the values, `duckdb` reads and `str()` writes DuckDB's text, `keeping` says what a cast keeps; `iceberg`,
`trino`, `arrow`, `postgres` and `odcs` each translate. Importing any of them is light: what makes values of pyiceberg
or pyarrow imports those itself.
"""
