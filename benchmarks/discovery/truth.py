"""What is true of a table: types, meanings, keys, references, personal data, labels and leaks."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Column:
    """A column as it is written, and what it is.

    `type` is a contract's logical type, several with `|` where each is right. `meaning` is the trade's word, empty
    where there is none to tell. `refers` is the key it refers to, `domain.table.column`; with a `?` before it that
    is true and need not be told. `meaning` and `personal`, the kind of personal data, may have several right answers
    with `|`, an empty one where it need not be told. `is_label` may be predicted; `is_leak` says what the label will
    be, and is known only afterwards.
    """

    name: str
    values: Sequence[object]
    type: str
    meaning: str = ""
    refers: str = ""
    personal: str = ""
    is_label: bool = False
    is_leak: bool = False


@dataclass(frozen=True)
class Reference:
    """Columns that refer together to columns of another table."""

    columns: tuple[str, ...]
    table: str
    other_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table `domain.name`. `keys` are the right answers for its key, written `a, b`: none where it has none.

    `near_key` would be its key but for few rows; `references` are those of several columns. `depends` are columns that
    another column decides, a lookup table hiding in this one: `(column, decided columns)`.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    near_key: str = ""
    references: tuple[Reference, ...] = ()
    depends: tuple[tuple[str, tuple[str, ...]], ...] = ()
    format: str = "csv"
    delimiter: str = ","

    def write(self, landing: Path, *, has_names: bool = True, part: str = "") -> None:
        """Land it in a folder of its own, as a further `part` of it; without names, as CSV without a header."""
        domain, _, name = self.name.partition(".")
        folder = landing / domain / name
        folder.mkdir(parents=True, exist_ok=True)
        name += part
        rows = zip(*(column.values for column in self.columns), strict=True)
        names = [column.name for column in self.columns]
        if self.format == "jsonl" and has_names:
            lines = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows)
            (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
            return
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=self.delimiter)
            if has_names:
                writer.writerow(names)
            writer.writerows(rows)


def reference(columns: str, other: str, other_columns: str) -> Reference:
    """References of several columns, written `a, b`."""
    return Reference(tuple(columns.split(", ")), other, tuple(other_columns.split(", ")))
