"""DuckDB as an engine, in this process: connections, its session, relations under audit, answers to questions."""
