r"""Text as MySQL and PostgreSQL write it: a backslash before tabs and line ends, `\N` for null, and paths."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.unit.formats.test_csv_dump import read

TEXT = st.text("abN01\\\t\n, ", max_size=6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXT | st.none(), TEXT | st.none()), min_size=2, max_size=6))
def test_any_text_in_a_dump_comes_back(texts):
    assume(any(value is None or "\n" in value for row in texts for value in row))
    rows = [(f"k{n}", *row, "end") for n, row in enumerate(texts)]

    def cell(value):
        if value is None:
            return "\\N"
        return "".join("\\" + each if each in "\\\t\n" else each for each in value)

    content = "key\tone\ttwo\tlast\n" + "".join("\t".join(map(cell, row)) + "\n" for row in rows)
    found, aside, _ = read(content)
    assert [tuple(value or None for value in row) for row in rows] == found
    assert not aside
