"""One more format is one file and one line: it lands, is read, told of and discovered; Trino has it from a copy."""

from __future__ import annotations

from meshlake.formats import FORMATS
from support.package_copy import PackageCopy

LINES = '''
"""Plain text, a row per line."""

from meshlake.errors import LandingError
from meshlake.formats.format import Format
from meshlake.formats.reader import paths_sql, selected_sql


class _Lines(Format):
    name = "lines"
    title = "Plain text"
    endings = (".txt",)

    def selects(self, files, among):
        how = "header = false, auto_detect = false, delim = chr(1), quote = '', escape = ''"
        return [f"SELECT line FROM read_csv({paths_sql(files)}, columns = {{'line': 'VARCHAR'}}, {how})"]

    def explain(self, error, message, files):
        return LandingError("it is broken", "Mend it.") if message.startswith("CSV Error") else None


LINES = _Lines()
'''

USE = """
from pathlib import Path

from meshlake.discovery.profile import profile_dataset
from meshlake.engines.duckdb.connection import connect
from meshlake.formats import format_of, readable
from meshlake.formats.format import UnfaithfulError
from meshlake.engines.trino.hive_fidelity import layout
from meshlake.landing.arrival import land
from meshlake.landing.relation import columns, lineage_sql, relation_sql
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName
from meshlake.settings import load_settings

settings = load_settings()
assert "Plain text (.txt)" in readable()
Path("notes.txt").write_text("one\\ntwo, three\\n")
zone = LandingZone(settings.landing)
(landed,) = land([Path("notes.txt")], zone, "crm")
dataset = zone.dataset(DatasetName("crm", "notes"))
assert dataset.format is format_of("notes.txt")
profile, _ = profile_dataset(settings, dataset)
assert (profile.row_count, profile.format, profile.columns[0].name) == (2, "lines", "line")
with connect(settings) as connection:
    found = columns(connection, dataset)
    connection.execute("SET preserve_insertion_order = true")
    from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN

    lineage = lineage_sql(dataset, dict)[0]
    rows = connection.execute(f"SELECT {FILE_COLUMN}, {ROW_COLUMN}, line FROM {lineage}").fetchall()
    assert rows == [("crm/notes/notes.txt", 1, "one"), ("crm/notes/notes.txt", 2, "two, three")]
    try:
        layout(connection, dataset, found)
    except UnfaithfulError as reason:
        print(reason)
"""


def test_one_more_format_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("formats/lines.py", LINES)
    copy.add_line(
        "formats/__init__.py", '"json": "meshlake', '        "lines": "meshlake.formats.lines:LINES",'
    )
    answer = copy.run(USE, MESH_HOME=str(tmp_path / "home"))
    assert answer.out == "Trino cannot read Plain text where it lies\n"
    assert len(copy.touched) <= 2


def test_every_format_is_told_apart_by_its_endings():
    endings = [ending for format_ in FORMATS.all().values() for ending in format_.endings]
    assert len(set(endings)) == len(endings)
    assert {name: str(format_) for name, format_ in FORMATS.all().items()} == {n: n for n in FORMATS.names}
