"""Answers to SQL from users: read-only, confined to the mesh, timed.

What belongs here: which SQL may run (`guard`), writing the answer out (`output`, `table`) and the named questions with
the time they promise (`questions`). Running it is the engine's; making products and printing are others' too.
"""
