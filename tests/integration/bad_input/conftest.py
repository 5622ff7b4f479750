"""A tiny mesh on disk and the real `mesh` command on it, for what happens when its input is wrong."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from meshlake.cli.main import main

CUSTOMERS = "Customer ID,Age,City\nc1,41,Oslo\nc2,29,Bergen\nc3,,Oslo\n"


_PUBLISHED = "SELECT customer_id, age, city FROM crm.customers ORDER BY ALL"


@dataclass(frozen=True)
class Ran:
    """What a user sees of one command."""

    status: int
    out: str
    err: str

    def tells(self, name: str, *texts: str, line_count: int = 2) -> None:
        """The build told that `name` failed, saying `texts` in so many lines."""
        found = re.search(rf"^x {re.escape(name)} (.*?)(?=^[x+=] |^$)", self.err, re.MULTILINE | re.DOTALL)
        assert found is not None, self.err
        assert [text for text in texts if text not in found[1]] == [], found[1]
        assert len(found[1].splitlines()) <= line_count, found[1]


@dataclass
class TinyMesh:
    """A mesh in `root`; `run` is the command in this process, `process` one in a process of its own."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def products(self) -> Path:
        return self.root / "products"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def land(self, file: str, content: str | bytes) -> Path:
        """Put a file below the landing zone, as `crm/customers/a.csv`."""
        path = self.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land_parquet(self, file: str, select: str) -> Path:
        """Put the rows of `select` below the landing zone as Parquet."""
        path = self.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
        return path

    def describe(self, name: str, columns: str, extra: str = "") -> Path:
        """Write the contract of `name`; `columns` are lines of YAML flow mappings, `extra` goes into the table."""
        domain, product = name.split(".")
        properties = "\n".join(f"      - {{{line.strip()}}}" for line in columns.strip().splitlines())
        text = (
            f"apiVersion: v3.1.0\nkind: DataContract\nid: {name}\nname: {name}\nversion: 1.0.0\n"
            f"status: active\ndomain: {domain}\ndataProduct: {product}\nteam: {{name: {domain}}}\n"
            f"schema:\n  - name: {product}\n{extra}    properties:\n{properties}\n"
        )
        return self.write(name, "contract.odcs.yaml", text)

    def write(self, name: str, file: str, text: str) -> Path:
        """Write a file into the folder of product `name`."""
        path = self.products / name.replace(".", "/") / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str) -> Ran:
        """`mesh ARGUMENTS` in this process."""
        # `mesh sql` writes bytes, so what stands for the screen must take them.
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        before, folder, argv = dict(os.environ), Path.cwd(), sys.argv
        os.environ.update(self._environment())
        os.chdir(self.root)
        sys.argv = ["mesh", *arguments]
        status = 0
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main()
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            os.environ.clear()
            os.environ.update(before)
            os.chdir(folder)
            sys.argv = argv
        out.seek(0)
        return Ran(status, out.read(), err.getvalue())

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `mesh ARGUMENTS` in a process of its own."""
        return [sys.executable, "-m", "meshlake.cli.main", *arguments]

    def process_environment(self) -> dict[str, str]:
        return os.environ | self._environment() | {"PYTHONPATH": str(Path(__file__).parents[3] / "pipelines")}

    def process(self, *arguments: str) -> Ran:
        """`mesh ARGUMENTS` in a process of its own."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.process_environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def rows(self, query: str) -> list[list[str]]:
        """What a reader gets for `query`, as text, the header left out."""
        ran = self.run("sql", query, "--format", "csv", "-o", str(self.root / "answer.csv"))
        assert ran.status == 0, ran.err
        lines = (self.root / "answer.csv").read_text(encoding="utf-8").splitlines()[1:]
        return [line.split(",") for line in lines]

    def fails(self, name: str, *texts: str, line_count: int = 2) -> None:
        """`mesh build` fails at `name`, saying `texts` in so many lines; what else there is gets built.

        What was published of `crm.customers` before stays readable as it was.
        """
        self.failing_build().tells(name, *texts, line_count=line_count)

    def failing_build(self) -> Ran:
        """A `mesh build` that fails somewhere; all that can be built is, and what was published stays."""
        before = self.rows(_PUBLISHED)
        self.land("shop/orders/b.csv", "order_id,amount\no3,1\n")
        ran = self.run("build")
        assert ran.status == 1, ran.err
        assert "Traceback" not in ran.err
        assert "defect" not in ran.err, ran.err
        assert "\n+ shop.orders " in f"\n{ran.err}"
        assert self.rows("SELECT count(*) FROM shop.orders") == [["3"]]
        assert self.rows(_PUBLISHED) == before
        return ran

    def refuses(self, *arguments: str, says: tuple[str, ...], status: int = 2) -> None:
        """`mesh ARGUMENTS` ends with `status` and one or two lines, which say `says`."""
        ran = self.run(*arguments)
        assert ran.status == status, ran.err
        assert ran.out == ""
        assert ran.err.startswith("mesh: ")
        assert len(ran.err.splitlines()) <= 2, ran.err
        assert [text for text in says if text not in ran.err] == [], ran.err

    def _environment(self) -> dict[str, str]:
        own = {"MESH_HOME": "home", "MESH_PRODUCTS": "products", "MESH_LANDING": "landing"}
        return own | {"COLUMNS": "1000"} | self.environment


def _customers_and_orders(root: Path) -> TinyMesh:
    mesh = TinyMesh(root)
    mesh.land("crm/customers/a.csv", CUSTOMERS)
    mesh.describe(
        "crm.customers",
        """name: customer_id, logicalType: string, primaryKey: true, transformSourceObjects: [Customer ID]
        name: age, logicalType: integer, transformSourceObjects: [Age]
        name: city, logicalType: string, transformSourceObjects: [City]""",
    )
    mesh.land("shop/orders/a.csv", "order_id,amount\no1,10.5\no2,7\n")
    mesh.describe(
        "shop.orders",
        """name: order_id, logicalType: string, primaryKey: true
        name: amount, logicalType: number""",
    )
    return mesh


def _built(mesh: TinyMesh) -> TinyMesh:
    ran = mesh.run("build")
    assert ran.status == 0, ran.err
    return mesh


@pytest.fixture
def mesh(tmp_path: Path) -> TinyMesh:
    """Two landed datasets and their products, `crm.customers` and `shop.orders`; nothing is built yet."""
    return _customers_and_orders(tmp_path)


@pytest.fixture
def built_mesh(mesh: TinyMesh) -> TinyMesh:
    """The same, built."""
    return _built(mesh)


@pytest.fixture(scope="module")
def shared_mesh(tmp_path_factory: pytest.TempPathFactory) -> TinyMesh:
    """The same for all tests of a module, so that one build can tell of many broken products."""
    return _built(_customers_and_orders(tmp_path_factory.mktemp("shared")))
