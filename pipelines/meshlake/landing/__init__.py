"""The landing zone: files as they arrived, read by DuckDB with the schema found in them.

`zone` says which files there are, `relation` the SQL that reads them, `arrival` brings new ones in. What a
contract makes of them is `meshlake.products.source_aligned`.
"""
