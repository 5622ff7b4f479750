"""On a screen of 80 or 60 columns nothing that matters is cut or torn apart, and no line is wider."""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from support.ran import ended_here, redirected
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Iterator

DATASET = "customer_relationships.contracts_of_households"
OTHER = "metering.readings_of_every_quarter_hour"
KEY = "identification_number_of_the_contract_in_billing"
ROWS = 12_347
STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What a program is told by these names, a person reads as well.
NAMED = {
    "name",
    "product",
    "column",
    "dataset",
    "other_column",
    "snapshot_id",
    "found_type",
    "check",
}
COUNTS = {"rows", "row_count", "distinct_count", "orphan_count", "null_count"}


def write_long(mesh: SmallMesh) -> SmallMesh:
    """Two datasets of long names and many rows, the one referring to the other; one product, built twice, one bad."""
    folder = DATASET.replace(".", "/")
    mesh.land_rows(
        f"{folder}/a.parquet",
        f"SELECT 9000000000 + range AS {KEY}, 'a{{}}' AS tariff_group FROM range({ROWS})",
    )
    readings = f"SELECT 9000000000 + range + 10 AS {KEY}, range AS reading_id FROM range({ROWS})"
    mesh.land_rows(f"{OTHER.replace('.', '/')}/a.parquet", readings)
    columns = {
        KEY: {"logicalType": "integer", "primaryKey": True, "required": True},
        "tariff_group": "string",
    }
    mesh.product(DATASET, columns)
    mesh.build()
    mesh.build(is_forced=True)
    return mesh


@pytest.fixture(scope="module")
def long_names(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    return write_long(SmallMesh(tmp_path_factory.mktemp("long") / "mesh"))


def on_screen(mesh: SmallMesh, columns: int, *arguments: str) -> list[str]:
    """The lines of `mesh ARGUMENTS` on a terminal so wide, styles left out."""
    reading, writing = os.openpty()
    seen: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(reading, 65536):
                seen.append(part)
        except OSError:  # how Linux says that the other end was closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    environment = mesh.environment | {"COLUMNS": str(columns), "TERM": "xterm"}
    with (
        os.fdopen(writing, "w", buffering=1, encoding="utf-8") as screen,
        redirected("stdout", screen),
        redirected("stderr", screen),
    ):
        ended_here(arguments, environment, mesh.root)
    reader.join()
    os.close(reading)
    text = STYLES.sub("", b"".join(seen).decode())
    # A status line is written over until it is done.
    return [line.rpartition("\r")[2] for line in text.replace("\r\n", "\n").split("\n")]


def told(facts: Any) -> Iterator[str]:
    """Each name, id, type and count of an answer, as people are to read it."""
    if isinstance(facts, dict):
        for name, value in facts.items():
            if name in COUNTS and isinstance(value, int) and value:
                yield f"{value:,}"
            elif name in NAMED and isinstance(value, str) and value:
                yield value
            else:
                yield from told(value)
    elif isinstance(facts, list):
        for each in facts:
            yield from told(each)


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("discover",), ("history", DATASET), ("report",), ("show", DATASET), ("check",)],
    ids=lambda a: a[0],
)
def test_every_name_and_number_stands_whole(long_names, arguments):
    facts = list(told(long_names.run(*arguments, "--json").facts))
    assert len(facts) >= 2
    for columns in (80, 60):
        lines = on_screen(long_names, columns, *arguments)
        assert [fact for fact in facts if not stands(fact, "\n".join(lines))] == []
        assert [line for line in lines if cell_len(line) > columns] == []


def stands(fact: str, text: str) -> bool:
    """Whether the text has it on one line, a number with no more digits on either side."""
    return re.search(rf"(?<![\d,]){re.escape(fact)}(?![\d…])", text) is not None


def test_what_a_build_and_lint_tell_stands_whole(long_names, tmp_path):
    columns = 60
    mesh = long_names.copied_to(tmp_path / "copy")
    mesh.product("metering.wrong", {KEY: "integer"}, {"transform.sql": f"SELECT {KEY}_2 FROM {DATASET}\n"})
    (finding, *_) = mesh.run("lint", "--json").facts
    linted = on_screen(mesh, columns, "lint")
    built = on_screen(mesh, columns, "build", "--force")
    assert [line for line in linted + built if cell_len(line) > columns] == []
    for fact in (DATASET, f"{ROWS:,}", "metering.wrong"):
        assert stands(fact, "\n".join(built)), built
    place = f"{finding['line']}:{finding['column']}"
    assert place in "".join(linted)
    assert " ".join(finding["message"].split()) in " ".join(" ".join(linted).split())
