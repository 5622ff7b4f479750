"""A third source is one file and one line: its tables are discovered, adopted, built and asked as landed files are."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from support.package_copy import PackageCopy

# Tables of a SQLite file, by Python's own module; DuckDB is handed copies of their rows.
MEMBER = """
import hashlib
import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa
import pyarrow.parquet

from meshlake.errors import LandingError, NotLandedError, UsageError
from meshlake.formats.parquet import PARQUET
from meshlake.landing.zone import Dataset
from meshlake.names import DatasetName, quote_identifier
from meshlake.sources import Sample
from meshlake.sources.catalog import CatalogColumn, CatalogTable, TableName
from meshlake.stores import StoredFile
from meshlake.stores.disk import Disk


def rows(file, table):
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        cursor = connection.execute(f"SELECT * FROM {quote_identifier(table)}")
        columns = list(zip(*cursor.fetchall())) or [() for _ in cursor.description]
        return pa.table({facts[0]: pa.array(values) for facts, values in zip(cursor.description, columns)})


def written(file, name, folder):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.parquet"
    pa.parquet.write_table(rows(file, name.dataset), path)
    status = path.stat()
    stored = StoredFile(str(path), name.dataset, status.st_size, "", status.st_mtime, Disk())
    return Dataset(name, PARQUET, str(folder), (stored,))


@dataclass(frozen=True)
class LandedTable:
    name: DatasetName
    fingerprint: str
    file: str
    source: ClassVar[str] = "sqlite"
    files: ClassVar[None] = None

    @property
    def label(self):
        return self.name.dataset

    @property
    def columns(self):
        return None

    def duckdb_relation(self, connection):
        view = f"sqlite_{uuid.uuid4().hex}"
        connection.execute("ATTACH IF NOT EXISTS ':memory:' AS sqlite_rows")
        arrived = rows(self.file, self.name.dataset)
        connection.execute(f"CREATE TABLE sqlite_rows.{view} AS FROM arrived")
        return f"(SELECT * FROM sqlite_rows.{view})"

    def trino_relation(self):
        raise UsageError(f"{self.name}: Trino has no connector for SQLite", "Build it with MESH_ENGINE=duckdb.")

    def explain(self, error):
        return None


@dataclass(frozen=True)
class FoundTable:
    noun: ClassVar[str] = "a table"
    name: DatasetName
    file: str

    def __str__(self):
        return f"sqlite.shop.{self.name.dataset}"

    def sample(self, folder):
        dataset = written(self.file, self.name, folder)
        with closing(sqlite3.connect(self.file)) as connection:
            facts = connection.execute(f"PRAGMA table_info({quote_identifier(self.name.dataset)})").fetchall()
        key = tuple(name for _, name, _, _, _, place in facts if place)
        columns = tuple(CatalogColumn(f[1], False, bool(f[3]), "") for f in facts)
        server = (("server", "landing"), ("type", "sqlite"), ("schema", "shop"))
        table = TableName("shop", self.name.dataset)
        keys = (key,) if key else ()
        return Sample(
            dataset,
            CatalogTable("sqlite", table, "table", 0, "", columns, key, keys, (), False, "SQLite", server),
        )


class SQLite:
    name = "sqlite"
    badge = "sqlite"
    catalog = "sqlite"
    trino_catalog = None

    def __init__(self, settings):
        self.file = settings.of_source("sqlite").get("file")
        self.is_configured = self.file is not None

    @staticmethod
    def is_type(server_type):
        return server_type == "sqlite"

    @staticmethod
    def missing(place):
        return None

    @property
    def where(self):
        return f"a table in {self.file}"

    def about(self, name, place):
        return f"The table {name.dataset} of SQLite."

    def look_at(self, name, place):
        if self.file is None:
            raise UsageError(f"{name} is a table of SQLite, but MESH_SOURCE_SQLITE_FILE is not set")
        try:
            digest = hashlib.sha256(repr(rows(self.file, name.dataset).to_pylist()).encode()).hexdigest()
        except sqlite3.OperationalError as error:
            raise NotLandedError(f"{name}: {error}") from error
        return LandedTable(name, digest, self.file)

    def copy(self, landed, connection, folder):
        return [written(each.file, each.name, folder) for each in landed]

    def found(self):
        with closing(sqlite3.connect(self.file)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return [FoundTable(DatasetName("shop", name), self.file) for (name,) in names]

    def examinations(self):
        return {f"SQLite {self.file}": lambda: None}
"""
LINE = '        "sqlite": "meshlake.sources.sqlite:SQLite",'

USE = """
import warnings
warnings.simplefilter("error")
import sqlite3
from pathlib import Path
import meshlake
from meshlake.health import diagnose
from meshlake.orchestration.landing_assets import landing_asset
from meshlake.workspace import open_workspace

mesh = meshlake.open()
assert [finding.subject for finding in diagnose(mesh.settings)] == ["SQLite shop.db"]
(profile,) = mesh.discover("sqlite").profiles
assert (profile.name, profile.row_count, profile.likely_key) == ("sqlite.shop.people", 2, ("id",))

Path("people.csv").write_text("id\\n1\\n")
mesh.land("people.csv", "shop")
try:
    mesh.adopt("shop.people")
except meshlake.UsageError as error:
    assert error.message == "shop.people is both landed files and a table"
mesh.adopt("sqlite.shop.people", "crm.people", owner="ana@example.com")
mesh.build("crm.people")
answer = "SELECT id, name FROM crm.people ORDER BY id"
assert mesh.sql(answer).fetchall() == [(1, "Ana"), (2, "Bo")]

with sqlite3.connect("shop.db") as shop:
    shop.execute("INSERT INTO people VALUES (3, 'Cy')")
shop.close()
assert mesh.sql("SELECT count(*) FROM landing.crm.people").fetchall() == [(3,)]
mesh.build("crm.people")
assert len(mesh.sql(answer).fetchall()) == 3

opened = open_workspace(mesh.settings)
(name,) = opened.landing.places
(spec,) = landing_asset(opened, name).specs
assert spec.kinds == {"sqlite"}, spec.kinds
assert spec.description == "The table people of SQLite."
"""


def test_a_third_source_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("sources/sqlite.py", MEMBER)
    copy.add_line("sources/__init__.py", '"postgresql": "meshlake.sources', LINE)
    assert len(copy.touched) <= 2
    (tmp_path / "data_products").mkdir()
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)")
        shop.execute("INSERT INTO people VALUES (1, 'Ana'), (2, 'Bo')")
    copy.run(USE, MESH_SOURCE_SQLITE_FILE="shop.db")
