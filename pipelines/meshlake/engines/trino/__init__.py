"""Trino as an engine: its session, SQL said in its words, landed files as its tables.

Nothing here runs unless `MESH_ENGINE=trino` or a query asks for it.
"""
