"""The lake: Iceberg tables of the published products, and the one way rows get into them.

Write to an audit branch, audit it there, publish it: `draft.py` holds that way, `catalog.py` what is published,
`schema.py` the tables' columns, `clean.py` what is left behind. SQL and checks do not belong here.
"""
