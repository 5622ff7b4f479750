"""Wrong use, wrong settings, writing through `mesh sql`, and how the command ends when it is stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.signals import hear_signals


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE crm.customers",
        "DELETE FROM crm.customers",
        "INSERT INTO crm.customers VALUES ('c4', 1, 'Oslo')",
        "UPDATE crm.customers SET age = 1",
        "CREATE TABLE crm.mine AS SELECT 1",
        "COPY crm.customers TO 'stolen.csv'",
        "ATTACH 'other.db'",
        "SET threads = 1",
        "SELECT 1; DROP TABLE crm.customers",
        "WITH a AS (SELECT 1) INSERT INTO crm.customers SELECT 'c4', 1, 'Oslo' FROM a",
    ],
)
def test_sql_that_would_write_is_refused(shared_mesh, query):
    shared_mesh.refuses("sql", query, says=("mesh sql only reads", "SELECT"))
    assert shared_mesh.cells("SELECT count(*) FROM crm.customers") == [["3"]]
    assert not (shared_mesh.root / "stolen.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sql", "SELECT * FROM read_csv('/etc/passwd')"), ("read_csv()", "line 1, column 15", "mesh land")),
        (("sql", "SELECT * FROM '/etc/passwd'"), ("is not a table of the mesh",)),
        (("sql", "SELEC 1"), ('syntax error at or near "SELEC"', "line 1, column 1")),
        (("sql", "SELECT agee FROM crm.customers"), ("line 1, column 8", "Did you mean age?")),
        (("sql", "SELECT * FROM crm.custmers"), ("no table crm.custmers", "Did you mean crm.customers?")),
        (("sql", "SELECT * FROM landing.crm.custmers"), ("Did you mean landing.crm.customers?",)),
        (("sql", "SELECT 1", "--format", "csv", "-o", "nowhere/a.csv"), ("nowhere/a.csv: there is no such",)),
        (("sql", "-f", "nowhere.sql"), ("nowhere.sql cannot be read",)),
        (("sql", "FROM crm.customers", "--as-of", "yesterday"), ("'yesterday' is neither", "mesh history")),
        (("sql", "FROM crm.customers", "--as-of", "2020-01-01"), ("no snapshot as of 2020-01-01", "first")),
        (("build", "crm.custmers"), ("no product crm.custmers", "Did you mean crm.customers?")),
        (("build", "customers"), ("'customers' is not a product name", "<domain>.<product>")),
        (("show", "crm.custmers"), ("Did you mean crm.customers?",)),
        (("history", "crm.custmers"), ("Did you mean crm.customers?",)),
        (("rollback", "crm.custmers"), ("Did you mean crm.customers?",)),
        (
            ("rollback", "crm.customers"),
            ("crm.customers has no earlier snapshot", "mesh history crm.customers"),
        ),
        (("rollback", "crm.customers", "--to", "12"), ("crm.customers has no earlier snapshot 12",)),
        (("check", "crm.custmers"), ("Did you mean crm.customers?",)),
        (("discover", "crm.custmers"), ("has not landed", "Did you mean crm.customers?")),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(shared_mesh, arguments, says):
    shared_mesh.refuses(*arguments, says=says)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"MESH_ENGINE": "x"}, ("'x' is no engine", "duckdb, trino")),
        ({"MESH_ENGIN": "duckdb"}, ("MESH_ENGIN", "Did you mean engine?")),
        ({"MESH_PRODUCTS": "nowhere"}, ("there is no folder of products at", "nowhere", "MESH_PRODUCTS")),
        ({"MESH_WAREHOUSE": "gs://bucket"}, ("'gs://bucket' is neither a folder nor an s3:// address",)),
        ({"MESH_CATALOG": "mysql://ana:secret@host/mesh"}, ("kept in 'mysql'", "postgresql://")),
    ],
)
def test_wrong_settings_in_variables(mesh, environment, says):
    mesh.refuses("build", says=says, **environment)
    assert "secret" not in mesh.run("build", **environment).err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("engine = duckdb", ("mesh.toml is not valid TOML", "line 1, column 10")),
        ("engine = 1", ("mesh.toml:1: engine must be a text in quotes, not 1",)),
        ('engin = "duckdb"', ("'engin' is not a setting", "Did you mean engine?")),
    ],
)
def test_wrong_settings_file(mesh, text, says):
    (mesh.root / "mesh.toml").write_text(text, encoding="utf-8")
    mesh.refuses("list", says=says)


def test_catalog_that_cannot_be_reached(mesh):
    ran = mesh.run("build", MESH_CATALOG="postgresql://ana:secret@127.0.0.1:1/mesh").ended(1)
    assert ran.err.startswith("mesh: Catalog postgresql://127.0.0.1:1/mesh: connection to server")
    assert "port 1 failed" in ran.err
    assert "Check MESH_CATALOG" in ran.err
    assert "secret" not in ran.err


def test_debug_shows_the_traceback_and_nothing_else_does(mesh):
    plain, debug = mesh.process("show", "crm.nowhere"), mesh.process("--debug", "show", "crm.nowhere")
    assert (plain.status, plain.err.splitlines()[0]) == (2, "mesh: there is no product crm.nowhere")
    assert "Traceback" not in plain.err
    assert "Traceback" in debug.err
    assert "UsageError: there is no product crm.nowhere" in debug.err


def test_unknown_command_and_option_are_wrong_use(mesh):
    assert mesh.process("biuld").status == 2
    assert mesh.process("build", "--foce").status == 2


@pytest.mark.parametrize("form", ["csv", "table"])
def test_reader_that_leaves_a_pipe_is_no_error(shared_mesh, form):
    command = shared_mesh.command("sql", "SELECT range FROM range(500000)", "--format", form, "--limit", "0")
    with subprocess.Popen(
        command,
        cwd=shared_mesh.root,
        env=shared_mesh.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as mesh_sql:
        assert mesh_sql.stdout is not None
        assert mesh_sql.stdout.readline()
        mesh_sql.stdout.close()
        assert mesh_sql.stderr is not None
        assert mesh_sql.stderr.read() == b""


def _interrupted(mesh, arguments, is_busy):
    """Status and standard error of `mesh ARGUMENTS`, stopped by Ctrl-C once `is_busy`."""
    with subprocess.Popen(
        mesh.command(*arguments),
        cwd=mesh.root,
        env=mesh.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_signals,
    ) as process:
        try:
            give_up_at = time.monotonic() + 100
            while not is_busy(process.pid):
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < give_up_at
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, err


def test_stopping_a_build_ends_plainly_and_publishes_nothing_half(built_mesh):
    built_mesh.product("crm.slow", {"city": "string"})
    built_mesh.write(
        "crm.slow",
        "transform.py",
        "import pathlib\nimport time\nimport pyarrow as pa\n"
        'INPUTS = {"customers": "SELECT * FROM crm.customers"}\n'
        "def transform(customers: pa.Table) -> pa.Table:\n"
        "    pathlib.Path('started').touch()\n    time.sleep(100)\n    return customers.select(['city'])\n",
    )
    status, err = _interrupted(built_mesh, ("build",), lambda _: (built_mesh.root / "started").exists())
    assert status == 130
    assert err.splitlines()[-1] == "mesh: stopped"
    assert "Traceback" not in err
    assert "defect" not in err
    built_mesh.refuses("sql", "FROM crm.slow", says=("there is no table crm.slow",))
    assert built_mesh.cells("SELECT count(*) FROM crm.customers") == [["3"]]


@pytest.fixture
def other_work():
    """Processes that keep the cores busy: a thread of DuckDB's is then often amid its work when the query has ended."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    yield
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("again", range(3))
def test_stopping_a_query_ends_plainly(shared_mesh, other_work, again):
    query = "SELECT count(*) FROM range(300000) a(i), range(300000) b(j) WHERE a.i * b.j % 7 = 3"
    ticks = os.sysconf("SC_CLK_TCK")

    def is_busy(pid):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / ticks > 3  # longer than starting takes

    status, err = _interrupted(shared_mesh, ("sql", query), is_busy)
    assert (status, err.strip()) == (130, "mesh: stopped")
