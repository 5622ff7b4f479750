"""The files people write, as JSON Schemas for their editors.

`schemas` makes them of what reads the files; those of Meshlake alone are published beside it as `NAME.schema.json`.
"""
