"""Build a product: resolve its inputs, make its rows, and take them through write, audit, publish.

`build.py` is the way itself; the other modules are its stations. Nothing here knows Dagster, and nothing prints.
"""
