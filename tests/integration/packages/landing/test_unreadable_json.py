"""Lines of JSON that are no objects: each is told by file, line, bytes and reason, and all others are read."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.landing.test_unreadable_json import read

from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName


def test_lines_are_found_in_a_file_that_is_read_in_parts(put):
    """DuckDB reads some 32 MB at a time."""
    lines = [f'{{"id": {n}, "text": "{n:0600}"}}' for n in range(60_000)]
    for broken in (7, 50_001, 59_999):
        lines[broken] = lines[broken][:-1]
    rows, found = read(put({"a.jsonl": "\n".join(lines)}))
    assert [line for line, *_ in found] == [8, 50_002, 60_000]
    assert len(rows) == len(set(rows)) == 60_000 - 3


LINES = (
    st.dictionaries(st.sampled_from(["a", "b", "B"]), st.integers() | st.text(max_size=3), min_size=1).map(
        json.dumps
    )
    | st.text('{}[]",: ab1\\', max_size=12)
    | st.dictionaries(st.just("a"), st.text(max_size=3), min_size=1)
    .map(json.dumps)
    .map(lambda line: line[:-2])
)


@settings(max_examples=10, deadline=None)
@given(st.lists(LINES, max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_every_line_is_a_row_or_kept_aside(lines, line_end):
    text = line_end.join(['{"a": "first"}', *lines])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "crm", "people", "a.jsonl")
        place.parent.mkdir(parents=True)
        place.write_text(text, encoding="utf-8", newline="")
        rows, found = read(LandingZone(folder).dataset(DatasetName("crm", "people")))
    written = [(number, line.encode()) for number, line in enumerate(lines, 2) if line.strip()]
    assert len(rows) + len(found) == 1 + len(written)
    assert {(number, content) for number, content, _ in found} <= set(written)
