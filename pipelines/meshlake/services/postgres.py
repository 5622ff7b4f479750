"""PostgreSQL: the Iceberg catalog with Dagster's history beside it, and the operational database.

It runs as a user without rights when we are root, listens on loopback alone and lets in one role, which is no
superuser, by SCRAM. The superuser has no password and so no way in but single-user mode.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
from typing import TYPE_CHECKING

from meshlake.errors import ServiceError, UsageError
from meshlake.names import quote_identifier, quote_literal
from meshlake.services import install
from meshlake.services.commands import run_quietly, succeeds
from meshlake.services.server import CHECK_SECONDS, Launch, Server
from meshlake.services.settings import DATABASE_USER, DATABASES, HOST

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.services.commands import Progress
    from meshlake.services.endpoints import Endpoints

_TITLE = "PostgreSQL"


def _prepare(folder: Path, _cache: Path, endpoints: Endpoints, progress: Progress) -> Launch:
    programs = install.postgres(progress)
    data = folder / "postgres"
    as_owner = _as_owner(folder)
    if not data.exists():
        progress("PostgreSQL: creating its databases")
        _create_cluster(programs, data, as_owner, endpoints.postgres_password)
    options = [
        f"--listen-addresses={HOST}",
        f"--port={endpoints.postgres_port}",
        "--unix-socket-directories=",
    ]
    return Launch([*as_owner, programs / "postgres", "-D", data, *options])


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, as whom it refuses to run."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _as_owner(folder: Path) -> list[str]:
    """The command prefix that drops root's rights, all but the one to reach `folder` where that needs it."""
    owner = _owner()
    if owner is None:
        return []
    change = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    if succeeds([*change, "test", "-x", folder]):
        return change
    # The mesh lies under a folder closed to others, such as /root.
    return [*change, "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]


def _create_cluster(programs: Path, data: Path, as_owner: list[str], password: str) -> None:
    partial = data.with_name("postgres.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    if owner := _owner():
        os.chown(partial, owner.pw_uid, owner.pw_gid)
    options = ["--encoding=UTF8", "--locale=C", "--auth=reject", "--username=postgres"]
    run_quietly(_TITLE, [*as_owner, str(programs / "initdb"), f"--pgdata={partial}", *options])
    access = f"host all {DATABASE_USER} {HOST}/32 scram-sha-256\n"
    (partial / "pg_hba.conf").write_text(access, encoding="ascii")
    # Single-user mode reads one statement a line, and from its input, so the password is no argument.
    role = quote_identifier(DATABASE_USER)
    statements = [f"CREATE ROLE {role} LOGIN PASSWORD {quote_literal(password)}"]
    statements += [f"CREATE DATABASE {quote_identifier(name)} OWNER {role}" for name in DATABASES]
    single = [*as_owner, str(programs / "postgres"), "--single", "-D", str(partial), "postgres"]
    said = run_quietly(_TITLE, single, feed="\n".join(statements) + "\n")
    if problem := re.search(r"(ERROR|FATAL): .*", said):
        raise ServiceError(
            f"PostgreSQL could not create its databases: {problem[0]}", "Mend that and try again."
        )
    partial.replace(data)


def _check(endpoints: Endpoints) -> None:
    try:
        import psycopg2
    except ImportError as error:
        raise UsageError("The services need psycopg2", "Run: pip install 'meshlake[services]'") from error
    try:
        connection = psycopg2.connect(
            host=HOST,
            port=endpoints.postgres_port,
            dbname=DATABASES[0],
            user=DATABASE_USER,
            password=endpoints.postgres_password,
            connect_timeout=CHECK_SECONDS,
        )
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise ServiceError(f"PostgreSQL does not answer at {endpoints.postgres_address}: {reason}") from error


SERVER = Server(
    title=_TITLE,
    ports=lambda endpoints: (endpoints.postgres_port,),
    address=lambda endpoints: endpoints.postgres_address,
    prepare=_prepare,
    check=_check,
    # Its fast shutdown, which ends the sessions and writes everything; SIGTERM would wait for them.
    stop_signal=signal.SIGINT,
    start_seconds=60,
)
