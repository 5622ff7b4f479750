"""What an error promises: a line, a hint, an exit status."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import duckdb
import pandas as pd
import psycopg2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
from dagster_postgres.utils import DagsterPostgresException
from pyarrow import fs

from meshlake import errors
from meshlake.duckdb_extension import load_extension
from meshlake.sources.postgresql.in_duckdb import postgres_failure
from support.signals import hear_signals


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.UsageError, 2),
        (errors.ContractError, 1),
        (errors.LandingError, 1),
        (errors.BuildError, 1),
        (errors.ConflictError, 1),
    ],
)
def test_the_exit_status_tells_wrong_use_from_failure(kind, status):
    error = kind("what and where", "what to do")
    assert error.exit_status == status
    assert isinstance(error, errors.MeshError)
    assert (error.message, error.hint) == ("what and where", "what to do")
    assert str(error) == "what and where\nwhat to do"


def test_a_hint_may_be_left_out():
    assert str(errors.MeshError("what")) == "what"


def test_a_failed_audit_carries_its_results():
    error = errors.AuditError("crm.people: check x failed", "look", ["result"])
    assert error.results == ("result",)
    assert error.exit_status == 1


THE_DISK = "crm.people: the disk is full"
# What a full disk, a dead server or Ctrl-C says, in words that a row, a name or a query may hold as well.
WORDS = [
    "my inbox is full",
    "No space left on device",
    'IO Error: Could not write file "/x": No space left on device',
    "database or disk is full",
    "disk I/O error",
    "File too large",
    "quota exceeded",
    "HTTP GET /x",
    "Could not connect to server error for HTTP GET to 'http://s3/x'",
    "Request returned HTTP 503 for HTTP HEAD to 'http://s3/x'",
    "HTTP code 503",
    "When reading 'a/b': AWS Error NETWORK_CONNECTION during HeadObject: refused",
    'connection to server at "db", port 1 failed: refused',
    "server closed the connection unexpectedly",
    "too many retries for DB connection",
    'Unable to connect to Postgres at "x": FATAL:  no',
    "ERROR:  postgres libpq",
    "Query interrupted",
    "Interrupted!",
]


def raised_by(act) -> Exception:
    with pytest.raises(Exception) as caught:
        act()
    return caught.value


def told_of(error: Exception) -> str | None:
    failure = errors.system_failure(error, "crm.people")
    return failure.message if failure else None


def with_text(text: str) -> list[Exception]:
    """Errors of every library that says `text` because it was asked to work on it, each really raised."""
    quoted = text.replace("'", "''")

    def ask_duckdb(sql: str, **config: str):
        with duckdb.connect(config=config) as connection:
            connection.execute(sql)

    def ask_sqlite(sql: str):
        engine = sqlalchemy.create_engine("sqlite://")
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(sql), {"text": text})

    def arrow_cast():
        pa.array([text]).cast(pa.int64())

    def no_key():
        {}[text]

    plain = [
        lambda: ask_duckdb(f"SELECT CAST('{quoted}' AS BIGINT)"),
        lambda: ask_duckdb(f"SELECT CAST('{quoted}' AS BIGINT)", errors_as_json="true"),
        lambda: ask_duckdb(f"SELECT error('{quoted}')"),
        lambda: ask_duckdb(f"SELECT strptime('{quoted}', '%Y')"),
        lambda: ask_duckdb('SELECT "' + text.replace('"', '""') + '"'),
        lambda: ask_duckdb('FROM "' + text.replace('"', '""') + '"'),
        lambda: ask_duckdb(f"FROM read_csv('/nowhere/{quoted}')"),
        lambda: ask_duckdb(f"FROM read_json('/nowhere/{quoted}')"),
        lambda: ask_duckdb(
            f"CREATE TABLE t (v VARCHAR UNIQUE); INSERT INTO t VALUES ('{quoted}'), ('{quoted}')"
        ),
        lambda: ask_duckdb(
            f"CREATE TABLE t (v VARCHAR CHECK (v <> '{quoted}')); INSERT INTO t VALUES ('{quoted}')"
        ),
        lambda: ask_sqlite("SELECT json(:text)"),
        lambda: ask_sqlite('SELECT "' + text.replace('"', '""').replace(":", r"\:") + '" FROM nothing'),
        arrow_cast,
        no_key,
        lambda: float(text),
        lambda: pd.to_datetime(text, format="%Y"),
    ]
    return [*map(raised_by, plain), RuntimeError(f"of {text}"), ValueError(text)]


@pytest.mark.slow
@pytest.mark.parametrize("text", WORDS)
def test_no_value_name_or_query_is_taken_for_a_failure_of_the_machine(text):
    for error in with_text(text):
        assert told_of(error) is None, repr(error)
        assert postgres_failure(error) == "" if isinstance(error, duckdb.Error) else True
        assert not errors.is_interrupt(error)


def _limited(act, limit_bytes: int = 200_000) -> Exception:
    """What `act` raises when no file may grow beyond a limit, which is told as a full disk is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        return raised_by(act)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


ROWS = "SELECT i, hash(i)::VARCHAR v FROM range(300000) t(i)"


# File names that say something else, or the same, change nothing.
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["a", "a b: Permission denied", "x': No space left on device", "é\n\nLINE 1: x"]
)
def test_a_full_disk_is_told_whichever_library_met_it(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()

    def duckdb_copy(ending: str):
        path = str(folder / f"rows.{ending}").replace("'", "''")
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({ROWS}) TO '{path}'")

    def duckdb_file():
        with duckdb.connect(str(folder / "rows.duckdb")) as connection:
            connection.execute(f"CREATE TABLE t AS {ROWS}; CHECKPOINT")

    def duckdb_spill():
        with duckdb.connect(config={"temp_directory": str(folder), "memory_limit": "40MB"}) as connection:
            connection.execute(
                "SELECT count(DISTINCT hash(i)::VARCHAR || i) FROM range(2000000) t(i)"
            ).fetchall()

    rows = pa.table({"v": [os.urandom(1000) for _ in range(1000)]})
    acts = [
        lambda: duckdb_copy("csv"),
        lambda: duckdb_copy("parquet"),
        duckdb_file,
        duckdb_spill,
        lambda: pq.write_table(rows, str(folder / "arrow.parquet"), compression=None),
        lambda: (folder / "bytes").write_bytes(bytes(1_000_000)),
    ]
    for act in acts:
        error = _limited(act)
        assert told_of(error) == THE_DISK, repr(error)


def test_a_full_database_of_sqlite_is_told_by_its_code(tmp_path):
    def fill(pages: str, connection):
        connection.execute(pages)
        connection.execute("CREATE TABLE t (v)")
        connection.execute("INSERT INTO t VALUES (zeroblob(1000000))")
        connection.commit()

    def plain(name: str, pages: str = "PRAGMA max_page_count = 4"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            fill(pages, connection)

    def wrapped():
        engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'wrapped.db'}")
        with closing(engine.raw_connection()):
            pass
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 4")
            connection.exec_driver_sql("CREATE TABLE t (v)")
            connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(1000000))")

    assert told_of(raised_by(lambda: plain("full.db"))) == THE_DISK
    assert told_of(raised_by(wrapped)) == THE_DISK
    failing = _limited(lambda: plain("failing.db", "PRAGMA synchronous = OFF"))
    assert told_of(failing) == "crm.people: the disk is full or fails"
    with sqlite3.connect(f"file:{tmp_path / 'failing.db'}?mode=ro", uri=True) as only_read:
        refused = raised_by(lambda: only_read.execute("CREATE TABLE other (v)"))
    only_read.close()
    assert told_of(refused) == "crm.people: a database in the mesh's home can only be read"
    missing = raised_by(lambda: sqlite3.connect(tmp_path / "no folder/a.db"))
    assert told_of(missing) == "crm.people: a database in the mesh's home cannot be opened or written"
    locked = sqlite3.OperationalError("database is locked")
    assert told_of(locked) is None


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OSError(28, "No space left on device"), THE_DISK),
        (OSError(122, "Disk quota exceeded"), THE_DISK),
        (PermissionError(13, "Permission denied", "/lake"), "crm.people: /lake: Permission denied"),
        (ConnectionRefusedError(111, "Connection refused"), "crm.people: Connection refused"),
        (OSError("odd"), None),
    ],
)
def test_what_the_operating_system_refuses_is_told_by_its_number(raised, told):
    assert told_of(raised) == told


def test_postgresql_that_does_not_answer_is_told_whoever_asked():
    url = "postgresql://mesh:secret@127.0.0.1:1/mesh"
    said = 'crm.people: PostgreSQL does not answer: connection to server at "127.0.0.1", port 1 failed: '
    for act in (
        lambda: psycopg2.connect(url),
        lambda: sqlalchemy.create_engine(url).connect(),
    ):
        assert told_of(raised_by(act)).startswith(said)
    gone = DagsterPostgresException("too many retries for DB connection")
    assert told_of(gone) == "crm.people: PostgreSQL does not answer: too many retries for DB connection"
    assert told_of(psycopg2.InterfaceError("connection already closed"))
    assert told_of(psycopg2.InterfaceError("cursor already closed")) is None
    lost = psycopg2.OperationalError("server closed the connection unexpectedly\n\tThis probably means")
    wrapped = sqlalchemy.exc.OperationalError("SELECT 1", {}, lost)
    assert (
        told_of(wrapped)
        == "crm.people: PostgreSQL does not answer: server closed the connection unexpectedly"
    )


@pytest.mark.parametrize(
    ("state", "is_gone"),
    [
        ("08006", True),
        ("53100", True),
        ("53300", True),
        ("57P01", True),
        ("58030", True),
        ("57014", False),
        ("40P01", False),
        ("55P03", False),
    ],
)
def test_what_postgresql_says_is_told_by_its_state(state, is_gone):
    class Answer(psycopg2.OperationalError):
        """As the driver makes it; what it reads from the server cannot be set from Python."""

        pgcode = state

    assert (told_of(Answer("server closed the connection")) is not None) == is_gone


@pytest.fixture(scope="module")
def object_store():
    """A server whose answer to anything is the status that the path begins with; gives its address."""

    class Answers(BaseHTTPRequestHandler):
        def answer(self):
            self.send_response(int(self.path.split("/")[1].partition("?")[0]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815 - as the library names them

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def ask_store(address: str, sql: str, **config: str):
    with duckdb.connect(config=config) as connection:
        load_extension(connection, "httpfs", "S3")
        connection.execute("SET http_retries = 0")
        secret = f"TYPE s3, KEY_ID 'a', SECRET 'b', ENDPOINT '{address}', USE_SSL false, URL_STYLE 'path'"
        connection.execute(f"CREATE SECRET ({secret})")
        connection.execute(sql)


@pytest.mark.parametrize("as_json", ["false", "true"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, errors.SystemFailure),
        (503, errors.SystemFailure),
        (403, errors.DeniedError),
        (404, errors.SystemFailure),
    ],
)
@pytest.mark.parametrize(
    "sql", ["FROM 's3://{}/x.parquet'", "FROM 's3://{}/*.parquet'", "COPY (SELECT 1) TO 's3://{}/x.parquet'"]
)
def test_what_an_object_store_answers_is_told_by_its_status(object_store, sql, status, kind, as_json):
    error = raised_by(lambda: ask_store(object_store, sql.format(status), errors_as_json=as_json))
    assert type(errors.system_failure(error)) is kind
    assert errors.system_failure(error).message.startswith("the object store fails: ")


@pytest.mark.parametrize("sql", ["FROM 's3://b/x.parquet'", "COPY (SELECT 1) TO 's3://b/x.parquet'"])
def test_an_object_store_that_does_not_answer_is_told(sql):
    error = raised_by(lambda: ask_store("127.0.0.1:1", sql))
    assert told_of(error).startswith(
        "crm.people: the object store fails: IO Error: Could not connect to server"
    )


def test_pyarrows_way_to_an_object_store_is_told_too(object_store):
    def store(address: str) -> fs.S3FileSystem:
        return fs.S3FileSystem(
            access_key="a",
            secret_key="b",
            region="us-east-1",
            endpoint_override=f"http://{address}",
            connect_timeout=1,
        )

    dead = raised_by(lambda: store("127.0.0.1:1").open_input_file("b/AWS Error X during Y"))
    assert type(errors.system_failure(dead)) is errors.SystemFailure
    assert "NETWORK_CONNECTION" in told_of(dead)
    denied = raised_by(lambda: store(object_store).open_input_file("403/x"))
    assert type(errors.system_failure(denied)) is errors.DeniedError


ENDLESS = "SELECT count(*) FROM range(1000000000000) t(i) WHERE hash(i) = 1"
CTRL_C = f"""
import duckdb
from meshlake.errors import is_interrupt

connection = duckdb.connect()
print("ready", flush=True)
while True:
    try:
        connection.execute("{ENDLESS}").fetchall()
    except KeyboardInterrupt:
        continue  # it came before the query
    except Exception as error:
        print(type(error).__name__, is_interrupt(error), flush=True)
        break
"""


def test_a_query_that_is_stopped_is_told_by_its_class():
    done = Event()

    def stop(connection):
        while not done.wait(0.1):
            connection.interrupt()

    with duckdb.connect() as connection:
        stopping = Thread(target=stop, args=[connection])
        stopping.start()
        error = raised_by(lambda: connection.execute(ENDLESS).fetchall())
        done.set()
        stopping.join()
    assert errors.is_interrupt(error)
    assert not errors.is_interrupt(errors.BuildError("Query interrupted"))


@pytest.mark.slow
def test_ctrl_c_is_told_by_what_duckdbs_client_makes_of_it():
    with subprocess.Popen(
        [sys.executable, "-c", CTRL_C],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    ) as process:
        try:
            process.stdout.readline()
            deadline = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
        finally:
            process.kill()
        assert process.stdout.read() == "RuntimeError True\n"
