"""`mesh boost` held against featuretools on sets of tables, with traps planted among them; `__main__` runs it."""
