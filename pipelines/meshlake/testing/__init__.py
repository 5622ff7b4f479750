"""Products' examples, run: literal input rows through the real transforms, and how the rows found differ.

`mesh test` and the pytest plugin are thin over it.
"""
