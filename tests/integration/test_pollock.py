"""Every line of polluted CSV files of Pollock is a row, kept aside, or told as no data: none is lost."""

from __future__ import annotations

import json
import re
import tarfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
import pytest

from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

ARCHIVE = Path(__file__).parents[3] / "shared" / "pollock" / "pollock.tar.xz"
# Of the 2,290 most are one pollution, on one line after another; `make bench-csv` reads them all.
FILES = 764
LINE_END = re.compile(r"\r\n|\r|\n")
# What is told of lines that are no data, and how many they are.
LEFT_OUT = (
    re.compile(r": (a) line above the table is left out"),
    re.compile(r": (\d+) lines above the table are left out"),
    re.compile(r": ([\d,]+) lines? of comment left out"),
    re.compile(r": ([\d,]+) lines? that repeat the names left out"),
    re.compile(r": (its first line says the delimiter)"),
)
NAMES_OF_ROWS = re.compile(r": its names are those of (\d+) rows, joined")
NO_NAMES = ": its first line holds values, no names"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),  # half a minute, where nothing else runs
    pytest.mark.skipif(
        not ARCHIVE.exists(), reason=f"{ARCHIVE} is not there: it holds the benchmark's files"
    ),
]


@pytest.fixture(scope="module")
def polluted(tmp_path_factory):
    """What the files are, by the benchmark's own account, and each of them as a dataset of a landing zone."""
    folder = tmp_path_factory.mktemp("pollock")
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(folder, filter="data")
    files = folder / "polluted_files"
    said = {}
    for path in sorted((files / "csv").iterdir())[::3]:
        said[path.stem] = json.loads((files / "parameters" / f"{path.name}_parameters.json").read_text())
        place = folder / "landing" / "pollock" / path.stem / path.name
        place.parent.mkdir(parents=True)
        path.rename(place)
    return folder / "landing", said


@pytest.fixture(scope="module")
def read(polluted):
    """What is read of each file."""
    landing, said = polluted
    names = list(said)
    with ProcessPoolExecutor(2) as pool:
        return dict(
            zip(names, pool.map(read_file, [landing] * len(names), names, chunksize=100), strict=True)
        )


def read_file(landing, name):
    """The lines that stand in rows, those kept aside, what is told, and whether it is one column only."""
    dataset = LandingZone(str(landing)).dataset(DatasetName("pollock", name))
    if not dataset.files[0].size_bytes:
        return 0, 0, (), 0
    with duckdb.connect(config={"threads": 1}) as connection:
        while True:
            try:
                aside = [line.content.decode("latin-1") for line in unreadable(connection, dataset).lines()]
                break
            except ReadAgainError:
                continue
        rows = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
    notes = tuple(dataset.format.notes(dataset.files))
    in_rows = sum(1 + sum(map(breaks, row)) for row in rows)
    return in_rows, sum(1 + breaks(line) for line in aside), notes, len(rows[0]) if rows else 0


def breaks(value):
    """How many line breaks are in a value."""
    return len(LINE_END.findall(value or ""))


def told(notes):
    """How many lines are told to be no data, the names among them."""
    count = 0
    for note in notes:
        found = next((each for pattern in LEFT_OUT if (each := pattern.search(note))), None)
        if found:
            count += int(found[1].replace(",", "")) if found[1][0].isdigit() else 1
    joined = next((int(each[1]) for note in notes if (each := NAMES_OF_ROWS.search(note))), 1)
    return count + (0 if any(NO_NAMES in note for note in notes) else joined)


def test_lines_read_and_lines_kept_aside_are_all_lines_of_data(polluted, read):
    landing, said = polluted
    assert len(said) == FILES
    off = {}
    for name, (in_rows, aside, notes, width) in read.items():
        text = next((landing / "pollock" / name).iterdir()).read_bytes().decode("latin-1")
        lines = LINE_END.split(text)
        filled = sum(bool(line) for line in lines)
        accounted = in_rows + aside + (told(notes) if text.strip() else 0)
        # In a table of one column a blank line is a row.
        if not filled <= accounted <= (len(lines) if width == 1 else filled):
            off[name] = (filled, accounted, in_rows, aside, notes)
    assert off == {}
