"""What other tools make of the same tables: DuckDB's sniffer, frictionless and Presidio, as they come.

frictionless and Presidio are no dependencies: they lie in a folder of their own, and this module runs there as a
program that prints JSON, `{tool: {"domain.table": [what is told of each column]}}`. Presidio has no language model
here, since none comes in a package: its patterns and check digits tell, with the column's name as context.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.discovery.scores import Score
    from benchmarks.discovery.truth import Table

_TYPES = {"datetime": "timestamp", "year": "integer", "any": "string"}
_DUCKDB_TYPES = {
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}
# What is said of a moment or a page of the web is not said of a person.
_IMPERSONAL = {"DATE_TIME", "URL"}
_SAMPLED, _PERSONAL_SHARE, _SURE = 50, 0.5, 0.5


def measure_others(home: Path, tables: Sequence[Table], packages: Path) -> list[Score]:
    """The scores of the others, on the tables as CSV; of those in `packages` only where it is there."""
    from benchmarks.discovery.scores import Score

    for table in tables:
        replace(table, format="csv", delimiter=",").write(home)
    told = {"types, DuckDB's sniffer": _sniffed(home)}
    if packages.is_dir():
        command = [sys.executable, "-m", "benchmarks.discovery.others", str(home)]
        paths = os.pathsep.join([str(packages), str(Path(__file__).parents[2])])
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        told |= json.loads(done.stdout)
    scores = []
    for matter, columns in told.items():
        score = Score(matter)
        for table in tables:
            for truth, found in zip(
                table.columns, columns.get(table.name, [""] * len(table.columns)), strict=True
            ):
                answers = truth.type.split("|") if matter.startswith("types") else _personal(truth.personal)
                score.add(f"{table.name}.{truth.name}", found, answers)
        scores.append(score)
    return scores


def _personal(text: str) -> list[str]:
    kinds = text.split("|") if text else []
    return ["", "personal"] if "" in kinds and len(kinds) > 1 else ["personal"] if kinds else []


def _sniffed(home: Path) -> dict[str, list[str]]:
    import duckdb

    found = {}
    for name, file in _files(home):
        described = duckdb.execute("DESCRIBE FROM read_csv(?)", [str(file)]).fetchall()
        found[name] = [_DUCKDB_TYPES.get(row[1], "string") for row in described]
    return found


def _files(home: Path) -> Iterable[tuple[str, Path]]:
    return (
        (f"{file.parent.parent.name}.{file.parent.name}", file) for file in sorted(home.glob("*/*/*.csv"))
    )


def _described(home: Path) -> dict[str, list[str]]:
    from frictionless import Resource, system  # type: ignore[import-not-found]

    found = {}
    with system.use_context(trusted=True):
        for name, file in _files(home):
            resource = Resource(path=str(file))
            resource.infer()
            found[name] = [_TYPES.get(field.type, field.type) for field in resource.schema.fields]
    return found


def _analysed(home: Path) -> dict[str, list[str]]:
    import spacy  # type: ignore[import-not-found]
    from presidio_analyzer import AnalyzerEngine  # type: ignore[import-not-found]
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # type: ignore[import-not-found]

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    analyzer = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    found = {}
    for name, file in _files(home):
        with file.open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        columns = zip(*rows, strict=True)
        found[name] = [_is_personal(analyzer, *each) for each in zip(header, columns, strict=True)]
    return found


def _is_personal(analyzer: object, name: str, values: Sequence[str]) -> str:
    sample = sorted({value for value in values if value})[:: max(len(set(values)) // _SAMPLED, 1)]
    hits = sum(
        any(
            each.entity_type not in _IMPERSONAL and each.score >= _SURE
            for each in analyzer.analyze(value, language="en", context=name.lower().split("_"))  # type: ignore[attr-defined]
        )
        for value in sample
    )
    return "personal" if sample and hits >= _PERSONAL_SHARE * len(sample) else ""


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print(
        json.dumps({"types, frictionless": _described(folder), "personal data, Presidio": _analysed(folder)})
    )
