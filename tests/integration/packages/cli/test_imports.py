"""`mesh sql` starts at once: what it loads is held here, in a process of its own."""

from __future__ import annotations

import json
import sys

import pytest

from support.ran import run_apart

HEAVY = (
    "dagster",
    "great_expectations",
    "sklearn",
    "pandas",
    "pyiceberg",
    "sqlglot",
    "matplotlib",
    "pyarrow",
    "numpy",
)
ASK = """
import json, sys
from meshlake.cli.main import main
sys.argv = ["mesh", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def loaded(folder, *arguments: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    ended = run_apart([sys.executable, "-c", ASK, *arguments], folder.environment, folder.root).ended()
    return set(json.loads(ended.err.splitlines()[-1]))


@pytest.fixture(scope="module")
def built(crm_built_once, tmp_path_factory):
    crm = crm_built_once.copied_to(tmp_path_factory.mktemp("imports") / "crm")
    # Whoever asks first after a build brings the views up to date, which takes the catalog.
    assert crm.run("sql", "SELECT 1").status == 0
    return crm


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "SELECT id, count(*) FROM crm.people GROUP BY id"),
        ("sql", "SELECT * FROM mesh.products", "--json"),
        ("sql", "SELECT * FROM crm.people", "--format", "csv"),
        ("--help",),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded(built, arguments):
    assert loaded(built, *arguments).isdisjoint(HEAVY)


def test_help_reads_no_files_of_people_and_asks_no_engine(built):
    assert loaded(built, "--help").isdisjoint({"duckdb", "pydantic", "yaml"})


def test_lint_loads_what_reads_contracts_and_sql_alone(built):
    assert loaded(built, "lint").isdisjoint({*HEAVY, "sqlalchemy"} - {"sqlglot"})


def test_a_question_of_landed_files_loads_no_catalog(built):
    found = loaded(built, "sql", "SELECT count(*) FROM landing.crm.people")
    assert found.isdisjoint({"dagster", "great_expectations", "sklearn", "pandas", "pyiceberg"})


def test_discovery_loads_no_pandas(built):
    """Binding a parameter of a statement makes DuckDB import it."""
    assert "pandas" not in loaded(built, "discover", "crm")
