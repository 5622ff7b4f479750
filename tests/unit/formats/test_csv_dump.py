r"""Text as MySQL and PostgreSQL write it: a backslash before tabs and line ends, `\N` for null, and paths."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest

from meshlake.landing.relation import relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

TOLD = r"a backslash escapes what follows it, and \N is null"


def read(content):
    """The rows of a file in their order, how many lines are kept aside, and what is told."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
        path = Path(folder, "crm", "customers", "a.csv")
        path.parent.mkdir(parents=True)
        path.write_text(content, newline="")
        dataset = LandingZone(folder).dataset(DatasetName("crm", "customers"))
        connection.execute("SET preserve_insertion_order = true")
        rows = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
        return rows, unreadable(connection, dataset).count, " ".join(dataset.format.notes(dataset.files))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("1\tann\thello\\\nworld\n2\tbob\t\\N\n", [("1", "ann", "hello\nworld"), ("2", "bob", None)]),
        ("1\tann\ta\\\nb\\\nc\n2\tbob\tx\n", [("1", "ann", "a\nb\nc"), ("2", "bob", "x")]),
        ("1,ann,a\\\r\nb\r\n2,bob,c\r\n", [("1", "ann", "a\r\nb"), ("2", "bob", "c")]),
        (
            "id,note,n\n1,a\\\nb,3\n2,\\N,4\n3,x\\,y,5\n",
            [("1", "a\nb", "3"), ("2", None, "4"), ("3", "x,y", "5")],
        ),
        ('"1","a\\\nb"\n"2",\\N\n"3","say \\"c\\""\n', [("1", "a\nb"), ("2", None), ("3", 'say "c"')]),
        ("1\t\\N\n2\t\\\\N\n3\tC:\\\\x\n", [("1", None), ("2", "\\N"), ("3", "C:\\x")]),
        ("1\tx\n" * 300 + "2\ta\\\nb\n", [("1", "x")] * 300 + [("2", "a\nb")]),
    ],
)
def test_values_of_a_dump_come_back(content, rows):
    found, aside, notes = read(content)
    assert (found, aside) == (rows, 0)
    assert TOLD in notes


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("id,path\n1,C:\\tmp\\\n2,C:\\x\\\n3,D:\\\n", [("1", "C:\\tmp\\"), ("2", "C:\\x\\"), ("3", "D:\\")]),
        ("path,id\nC:\\tmp\\,1\nD:\\,2\n", [("C:\\tmp\\", "1"), ("D:\\", "2")]),
        ("id,path\n1,\\\\srv\\x\n2,\\N\n", [("1", "\\\\srv\\x"), ("2", "\\N")]),
        ("id,path\n1,D:\\\n2,E:\\\n", [("1", "D:\\"), ("2", "E:\\")]),
    ],
)
def test_backslashes_of_paths_are_text(content, rows):
    found, aside, notes = read(content)
    assert (found, aside) == (rows, 0)
    assert TOLD not in notes
