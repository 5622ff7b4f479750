"""Dagster's view of the mesh: an asset per product and per landed dataset, checks, automation, schedules.

Alone in importing Dagster. How a product is built, profiled or audited belongs to the packages it calls.
"""
