"""Inputs of sizes and depths that nobody expects: read, or refused by one plain error, within the memory limit."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PEAK = """
import re, sys
from pathlib import Path
from meshlake.discovery.profile import profile_dataset
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName
from meshlake.settings import load_settings

settings = load_settings({"MESH_HOME": sys.argv[1]})
profile, _ = profile_dataset(settings, files_zone(settings).dataset(DatasetName("wide", "table")))
print(len(profile.columns), {column.found_type for column in profile.columns[1:]})
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status")
def test_a_wide_table_of_text_profiles_in_a_few_hundred_megabytes(tmp_path: Path) -> None:
    """300 columns of numbers as text took over 21 GB."""
    folder = tmp_path / "landing" / "wide" / "table"
    folder.mkdir(parents=True)
    header = ",".join(f"c{column}" for column in range(300))
    rows = (",".join(str(row * column % 97) for column in range(300)) for row in range(1, 51))
    (folder / "wide.csv").write_text("\n".join([header, *rows]) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    columns, peak_kb = done.stdout.splitlines()
    assert columns == "300 {'integer'}"
    assert int(peak_kb) < 600_000


@dataclass(frozen=True)
class Ran:
    """How a command ended, what it printed, and the most memory that it took."""

    status: int
    text: str
    peak_bytes: int


# Linux counts a parent's peak as its child's, and a worker of many tests is large: a small process starts `mesh`.
_RUN = """
import os, subprocess, sys

process = subprocess.Popen([sys.executable, "-m", "meshlake", *sys.argv[1:]], stderr=subprocess.STDOUT)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)
"""


def ran(folder: Path, *words: str) -> Ran:
    """`mesh` with `words`, of a mesh in `folder` that may take 1 GB."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MESH_")}
    env |= {"MESH_HOME": f"{folder}/home", "MESH_LANDING": f"{folder}/landing", "MESH_MEMORY_LIMIT": "1GB"}
    env |= {"MESH_PRODUCTS": f"{folder}/products"}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        stdout=subprocess.PIPE,
        env=env,
        cwd=folder,
        check=True,
    )
    *lines, last = done.stdout.decode().splitlines(keepends=True)
    status, peak_bytes = map(int, last.split())
    return Ran(status, "".join(lines), peak_bytes)


@pytest.mark.slow
def test_a_wide_table_is_adopted_and_built_in_a_few_hundred_megabytes(tmp_path: Path) -> None:
    """500 columns took 1 GB and 1,000 of them 3.3 GB: of aggregates with a FILTER each keeps what all read. Building
    them took minutes: Dagster wrote three events of each of 1,700 rules."""
    folder = tmp_path / "landing" / "wide" / "table"
    folder.mkdir(parents=True)
    header = ",".join(f"c{column}" for column in range(500))
    rows = (",".join(f"t{row * column % 97}" for column in range(500)) for row in range(1, 101))
    (folder / "wide.csv").write_text("\n".join([header, *rows]) + "\n")
    adopted = ran(tmp_path, "adopt", "wide.table")
    assert (adopted.status, "500 columns" in adopted.text) == (0, True), adopted.text
    assert adopted.peak_bytes < 500_000_000
    built = ran(tmp_path, "build")
    assert built.status == 0, built.text
    assert built.peak_bytes < 600_000_000


def discovered(folder: Path, name: str, content: Iterable[bytes]) -> Ran:
    """`mesh discover` of a file of this content; it is one error at most, and within memory."""
    place = folder / "landing" / "d" / "t"
    place.mkdir(parents=True)
    with (place / name).open("wb") as file:
        for part in content:
            file.write(part)
    found = ran(folder, "discover", "d.t")
    assert "defect" not in found.text
    assert found.text.count("mesh:") == (found.status != 0)
    assert found.peak_bytes < 1_600_000_000
    return found


@pytest.mark.slow
def test_columns_of_unique_text_are_proven_keys_without_their_text(tmp_path: Path) -> None:
    """Four of them in 1,500,000 rows took 680 MB: each text was held to be counted. Now it is 390 to 460, as DuckDB's
    buffers come and go."""
    rows = (f"{row:026},{row:027},{row:028},{row:029}\n".encode() for row in range(1_500_000))
    found = discovered(tmp_path, "a.csv", [b"a,b,c,d\n", *rows])
    assert (found.status, found.text.count(" key"), found.text.count(" unique")) == (0, 1, 3), found.text
    assert found.peak_bytes < 560_000_000


def repeated(start: bytes, part: bytes, times: int, end: bytes) -> Iterator[bytes]:
    yield start
    for _ in range(times):
        yield part
    yield end


MILLION = b"x" * 1_000_000


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_kept_aside_or_refused(tmp_path: Path) -> None:
    csv = discovered(tmp_path / "csv", "a.csv", repeated(b"id,t\n1,a\n2,", MILLION, 1_000, b"\n3,c\n"))
    assert "2 rows" in csv.text
    assert "d/t/a.csv, line 3: it is over 2 MB long, of which the beginning is kept" in csv.text
    lines = repeated(b'{"id":1}\n{"id":2,"t":"', MILLION, 1_000, b'"}\n{"id":3}\n')
    json = discovered(tmp_path / "json", "a.jsonl", lines)
    assert (json.status, "a.jsonl: it holds an object of over 16 MB" in json.text) == (1, True)


@pytest.mark.slow
def test_gzip_that_unpacks_a_thousandfold_is_refused(tmp_path: Path) -> None:
    part = gzip.compress(b"1" * 64_000_000, 9)
    found = discovered(tmp_path, "a.csv.gz", [part] * 40)  # 2.5 GB
    assert (found.status, "it unpacks to over 1,000 times its size" in found.text) == (1, True)


def sheet_of(*parts: tuple[bytes, int]) -> bytes:
    """A workbook whose sheet is these parts, each so many times."""
    made = io.BytesIO()
    relations = '<Relationships><Relationship Id="r1" Type="x/{}" Target="{}"/></Relationships>'
    with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("_rels/.rels", relations.format("officeDocument", "xl/workbook.xml"))
        book.writestr("xl/_rels/workbook.xml.rels", relations.format("worksheet", "sheet.xml"))
        sheets = '<workbook xmlns:r="http://r"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>'
        book.writestr("xl/workbook.xml", sheets)
        with book.open("xl/sheet.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet><sheetData><row r="1"><c t="str"><v>id</v></c></row>')
            for part, times in parts:
                for _ in range(times):
                    sheet.write(part)
            sheet.write(b"</sheetData></worksheet>")
    return made.getvalue()


SHEETS = {
    "has more rows than Excel has": [(b"<row/>" * 1_000, 1_100)],
    "a row of .* bytes long": [(b'<row><c t="str"><v>', 1), (MILLION, 100), (b"</v></c></row>", 1)],
    "has a cell in the column XFE": [(b'<row><c r="XFE2"><v>1</v></c></row>', 1)],
}


@pytest.mark.slow
@pytest.mark.parametrize("words", SHEETS)
def test_sheets_that_hold_or_claim_too_much_are_refused(tmp_path: Path, words: str) -> None:
    found = discovered(tmp_path, "a.xlsx", [sheet_of(*SHEETS[words])])
    assert (found.status, bool(re.search(words, found.text))) == (1, True)


ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
DEEP = {
    "an array": ("a.json", b"[" * 10_000 + b"]" * 10_000, 1),
    "within a line": ("a.jsonl", b'{"id":1,"x":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001 + b"\n", 0),
    "laughs": ("a.xml", b'<!DOCTYPE l [<!ENTITY a "ha">' + ENTITIES + b"]><r><x>&j;</x><x/></r>", 1),
    "a file": ("a.xml", b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><x>&a;</x><x/></r>', 1),
    "elements": ("a.xml", b"<r>" + b"<x>" * 100_000 + b"</x>" * 100_000 + b"</r>", 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DEEP)
def test_what_is_deep_or_expands_is_read_or_refused(tmp_path: Path, kind: str) -> None:
    name, content, status = DEEP[kind]
    found = discovered(tmp_path, name, [content])
    assert (found.status, "root:" in found.text) == (status, False)


_NAMED = """
import sys, time
from meshlake.formats.csv_dialect import detect_dialect, dialects_of
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName
from meshlake.settings import load_settings

files = files_zone(load_settings({"MESH_HOME": sys.argv[1]})).dataset(DatasetName("d", "t")).files
for part in (files[-1_000:], files):
    found = [detect_dialect(file) for file in part]
    started = time.process_time()
    again = dialects_of(part, part)
    print(time.process_time() - started, len(set(again.values())))
"""


@pytest.mark.slow
def test_one_odd_file_among_many_costs_no_look_at_all_for_each(tmp_path: Path) -> None:
    """Of 4,000 files with one of another header, names took 16 times those of 1,000."""
    folder = tmp_path / "landing" / "d" / "t"
    folder.mkdir(parents=True)
    for number in range(3_999):
        (folder / f"a{number:04}.csv").write_text(f"id,day\n{number},2024-01-05\n")
    (folder / "odd.csv").write_text("id;more\n1;1,5\n2;2,5\n")
    done = subprocess.run(
        [sys.executable, "-c", _NAMED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    (few, few_kinds), (many, many_kinds) = (map(float, line.split()) for line in done.stdout.splitlines())
    assert (few_kinds, many_kinds) == (2, 2)
    assert many < max(9 * few, 0.2)
