"""A mesh whose landed datasets may be tables of a running PostgreSQL."""

from __future__ import annotations

import uuid
from contextlib import closing

import psycopg2

from support.server_mesh import settings_of
from support.small_mesh import SmallMesh


class OperationalMesh(SmallMesh):
    """A mesh on one engine, with a schema of its own in the operational database."""

    def __init__(self, root, endpoints, engine) -> None:
        on_trino = settings_of(endpoints) if engine == "trino" else {}
        self.uri = endpoints.postgres_uri("operational")
        super().__init__(root, **on_trino | {"operational": self.uri, "engine": engine})
        self.schema = f"s{uuid.uuid4().hex}"
        self.endpoints = endpoints
        self.execute(f"CREATE SCHEMA {self.schema}")

    def execute(self, *statements):
        """Run statements in PostgreSQL, in one transaction."""
        with closing(psycopg2.connect(self.uri)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {self.schema}, public")
            for statement in statements:
                cursor.execute(statement)

    def table_product(self, name, columns, **given):
        server = {
            "server": "landing",
            "type": "postgresql",
            "host": "127.0.0.1",
            "port": self.endpoints.postgres_port,
            "database": "operational",
            "schema": self.schema,
        }
        return self.product(name, columns, servers=[server], **given)

    @property
    def domain(self):
        """One of its own: on Trino the catalog is everybody's."""
        return self.schema
