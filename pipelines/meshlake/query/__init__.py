"""Answers to SQL from users: read-only, confined to the mesh, timed.

What belongs here: which SQL may run (`guard`), the one file any DuckDB client opens (`mesh_file`), running a
query on it (`run`), writing the answer out (`output`, `table`) and the named questions with the time they
promise (`questions`). What does not: making or publishing products, and printing.
"""
