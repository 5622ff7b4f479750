"""Any text written into a CSV in any dialect comes back exactly, or is kept aside, or the guess is told."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.formats.test_csv_written import read

NAMES = ["key", "some text", "more", "last name"]


TITLES = ["Report", "Report of 2024", "", "made by me", "# a comment"]


DELIMITERS = [",", ";", "\t", "|", "~", "^", "\x01", "\x07", "\x1f", "||", "~|~", "::", "$$", ", ", " | "]


CELL = st.text("abcdef", min_size=1, max_size=6) | st.text("ab1é ,;\"'\n|~\\é.#\t€$", max_size=7)


@st.composite
def written(draw):
    """A table, and the bytes of a file that it is written into: names, rows, content."""
    width = draw(st.integers(2, 4))
    names = draw(st.sampled_from([NAMES[:width], NAMES[:width], None]))
    texts = draw(st.lists(st.lists(CELL, min_size=width - 1, max_size=width - 1), min_size=1, max_size=6))
    delimiter, quote = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from('"""\''))
    escape, is_all = draw(st.sampled_from([quote, quote, "\\"])), draw(st.booleans())
    is_all = is_all or quote == "'"  # one that is seldom one is a text's own
    if escape == "\\":  # one that escapes nothing is a backslash to some, and none to others
        texts = [[text.replace("\\", "") for text in row] for row in texts]
    rows = [[f"k{n}" if names else str(n), *row] for n, row in enumerate(texts)]

    def cell(value):
        must = any(each in value for each in (*delimiter, quote, "\n", "\r")) or value != value.strip()
        if not (is_all or must):
            return value
        return f"{quote}{value.replace(quote, escape + quote)}{quote}"

    titles = draw(st.lists(st.sampled_from(TITLES), max_size=3)) if len(rows) > 1 else []
    lines = [*titles, *(delimiter.join(map(cell, row)) for row in ([names] if names else []) + rows)]
    ends = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\r\n", "\n\r\n\r"]))
    ends = re.findall("\r\n|\r|\n", ends)
    text = "".join(line + draw(st.sampled_from(ends)) for line in lines)
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1252"]
    return names, rows, text.encode(draw(st.sampled_from(encodings)))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(written())
def test_any_text_comes_back_or_is_kept_aside_or_told(table):
    names, rows, content = table
    found_names, found, aside, notes = read(content)
    is_exact = found == rows and names in (None, found_names)
    assert is_exact or aside or notes
