"""The time that `mesh sql` tells is that of the whole query, Trino's part too."""

from __future__ import annotations

import re
import uuid

import pytest

from support.server_mesh import ServerMesh

pytestmark = pytest.mark.services


def test_the_time_told_is_what_trino_took_and_what_came_after(tmp_path, endpoints, trino_rows):
    mark = f"a{uuid.uuid4().hex}"
    slow = f"SELECT sum(sqrt(a.range * b.range)) AS {mark} FROM range(9000) AS a, range(3000) AS b"
    ended = ServerMesh(tmp_path, endpoints, "duckdb").process("sql", "--engine", "trino", slow)
    told = re.search(r"^1 row, ([\d.]+) s$", ended.out, re.MULTILINE)
    assert told, ended.out + ended.err
    queries = f"""SELECT date_diff('millisecond', created, "end") AS took FROM system.runtime.queries
        WHERE query LIKE '%{mark}%' AND query NOT LIKE '%runtime%' AND state = 'FINISHED'"""
    (query,) = trino_rows(queries)
    assert 0.1 < query["took"] / 1000 <= float(told[1])
