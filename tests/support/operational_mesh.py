"""A mesh whose landed datasets may be tables of a running PostgreSQL."""

from __future__ import annotations

import json
import uuid
from contextlib import closing

import psycopg2

from support.mesh_folder import MeshFolder


class OperationalMesh(MeshFolder):
    """A mesh on one engine, with a schema of its own in the operational database."""

    def __init__(self, root, endpoints, engine) -> None:
        super().__init__(root)
        self.schema = f"s{uuid.uuid4().hex}"
        self.uri = endpoints.postgres_uri("operational")
        self._endpoints = endpoints
        self._engine = engine
        self.run(f"CREATE SCHEMA {self.schema}")

    @property
    def variables(self):
        on_trino = self._endpoints.as_environment() if self._engine == "trino" else {}
        return {
            **super().variables,
            **on_trino,
            "MESH_OPERATIONAL": self.uri,
            "MESH_ENGINE": self._engine,
        }

    def run(self, *statements):
        with closing(psycopg2.connect(self.uri)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {getattr(self, 'schema', 'public')}, public")
            for statement in statements:
                cursor.execute(statement)

    def table_product(self, name, columns, **given):
        server = {
            "server": "landing",
            "type": "postgresql",
            "host": "127.0.0.1",
            "port": self._endpoints.postgres_port,
            "database": "operational",
            "schema": self.schema,
        }
        return self.product(name, columns, servers=[server], **given)

    def ask(self, sql):
        ended = self.command("sql", sql, "--json")
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    @property
    def domain(self):
        """One of its own: on Trino the catalog is everybody's."""
        return self.schema
