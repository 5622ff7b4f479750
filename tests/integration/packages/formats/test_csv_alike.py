"""Files taken to be written like one looked at before: only where a look of their own says the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meshlake.formats import csv_alike
from meshlake.formats.csv_dialect import detect_dialect
from meshlake.stores import StoredFile
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from meshlake.formats.csv_form import CsvDialect

REFERENCE = "id,day,amount\n1,2024-01-05,2.5\n2,2024-01-06,3.5\n"
# What follows the reference's first line in another file.
CELLS = st.sampled_from(
    ["1", "2024-01-05", "2.5", "", "a", "a b", "kg", "-", "#1", "é", '"a"', "x;y", "id", "//a", " 7"]
)
ROWS = st.lists(CELLS, min_size=2, max_size=4).map(",".join)


def look(content: str) -> CsvDialect | None:
    """The dialect of a file with this content, looked at without what is kept of files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content.encode())
        file = StoredFile(str(path), "d/t/a.csv", len(content.encode()), "1", 0.0, Disk())
        return detect_dialect.__wrapped__(file)


@given(st.lists(ROWS, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\n\n"]), st.booleans())
@example(["no,UTC,kg", "1,2024-01-05,2.5"], "\n", True)
@example(["id,day,amount", "1,2024-01-05,2.5"], "\n", True)
@example(["1,2024-01-05,2.5"], "\n", False)
def test_what_is_known_is_what_a_look_of_its_own_says(rows: list[str], end: str, is_ended: bool) -> None:
    content = "id,day,amount\n" + end.join(rows) + (end if is_ended else "")
    csv_alike.forget()
    own = look(content)
    csv_alike.forget()
    look(REFERENCE)
    found = look(content)
    assert found == own
    assert (found is None) == (own is None)
    if found and own:
        assert found.notes == own.notes


@pytest.mark.parametrize(
    ("content", "is_known"),
    [
        (REFERENCE, True),
        ("id,day,amount\n7,2024-02-05,\n,,8.25", True),
        ("id,day,amount\n7,2024-02-05\n", False),
        ("id,day,total\n7,2024-02-05,1.5\n", False),
        ("id,day,amount\n7,2024-02-05,1.5\n\nTotal,,1.5\n", False),
        ('id,day,amount\n7,2024-02-05,"1.5"\n', False),
        ("id,day,amount\nno,UTC,kg\n7,2024-02-05,1.5\n", False),
    ],
)
def test_which_files_need_no_look(content: str, is_known: bool) -> None:
    csv_alike.forget()
    look(REFERENCE)
    assert (csv_alike.known_dialect(content.encode()) is not None) == is_known
