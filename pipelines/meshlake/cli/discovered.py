"""How what was discovered is printed: one table per dataset, then joins and what to do next."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meshlake.cli.printing import one_line, print_table, print_text, size_text
from meshlake.counting import counted, for_example
from meshlake.discovery.dependencies import told_of_untried
from meshlake.discovery.masking import masked
from meshlake.discovery.missing import told
from meshlake.discovery.questions import alike, asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.discover import Discovery
    from meshlake.discovery.joins import Join

_VALUE_WIDTH = 60
_SHOWN_VALUES = 4


def print_discovery(discovery: Discovery) -> None:
    """Print it all for people: names, counts and values whole, but for longer texts, which the last line tells of."""
    profiles = [masked(profile) for profile in discovery.profiles]
    for profile in profiles:
        _print_profile(profile)
    if any(_is_long(text) for profile in profiles for c in profile.columns for text in _texts(c)):
        print_text(f"Texts of over {_VALUE_WIDTH} characters are cut, at the ...: --json has them whole.\n")
    if discovery.joins:
        rows = [
            (
                f"{_short(join.dataset)}.{join.column}",
                f"{_short(join.other_dataset)}.{join.other_column}",
                "one to one" if join.is_one_to_one else "many to one",
                _share(join),
                "" if join.is_declared else f"{join.confidence:.2f}",
                ", ".join(join.evidence),
            )
            for join in discovery.joins
        ]
        print_table(("values of", "are found in the key", "", "share", "sure", "since"), rows, "Joins")
        print()


def discovery_facts(discovery: Discovery) -> dict[str, Any]:
    """It all for programs, personal values by their shape alone."""
    return {
        "datasets": [asdict(masked(profile)) for profile in discovery.profiles],
        "joins": [asdict(join) for join in discovery.joins],
        "failed": [
            {"dataset": str(name), "error": error.message, "hint": error.hint}
            for name, error in discovery.failures.items()
        ],
    }


def _share(join: Join) -> str:
    """How many values are found, and how many rows are orphans; about so many where only sketches were compared."""
    if join.is_declared:
        return "declared"
    share = f"{min(join.containment, 0.999) if join.orphan_count else join.containment:.1%}"
    if join.orphan_count is None:
        return f"about {share}"
    if not join.orphan_count:
        return share
    example = for_example(_cut(join.orphan_example))
    return f"{share}, {counted(join.orphan_count, 'row')} without{example}"


def _print_profile(profile: DatasetProfile) -> None:
    counts = [profile.distinct_told(column, "~") for column in profile.columns]
    width = max(map(len, ("distinct", *counts)))
    rows = [
        (
            column.name,
            _type(column),
            f"{100 * column.null_share:6.1f}" if column.null_count else "",
            f"{count:>{width}}",
            _values(column),
            ", ".join(_notes(profile, column)),
        )
        for column, count in zip(profile.columns, counts, strict=True)
    ]
    print_table(
        ("column", "type", "null %", "distinct", "values", "notes"),
        rows,
        f"{profile.name}: {_facts(profile)}",
    )
    if not all(map(profile.is_counted, profile.columns)):
        print_text("~ is an estimate: off by a tenth as a rule, by a quarter and more at times.")
    for question, asked_of in asked(profile).items():
        print_text(f"Question: {_about(asked_of)}{question}")
    if profile.table and profile.table.comment:
        print_text(f"Comment: {one_line(profile.table.comment)}")
    if not profile.keys and profile.table and profile.table.is_sample:
        print_text("No key is declared, and a sample proves none.")
    elif not profile.keys:
        print_text("No column is a key, and no two to four together are one that could be meant.")
    elif len(profile.keys[0]) > 1:
        print_text(f"Key: {' or '.join(' with '.join(key) for key in profile.keys)}")
    for dependency in profile.dependencies:
        print_text(f"Depends: {one_line(dependency.told())}")
    if profile.undecided_count:
        print_text(f"Depends: {told_of_untried(profile.undecided_count)}")
    for line in profile.unreadable:
        print_text(f"Kept aside: {line}")
    if more := profile.unreadable_count - len(profile.unreadable):
        print_text(
            f"Kept aside: {more:,} more lines that cannot be read; a build has each in its quarantine."
        )
    for note in profile.notes:
        print_text(f"Read: {one_line(note)}")
    for drift in profile.drift:
        if drift not in profile.questions:
            print_text(f"Drift: {drift.message}")
    for evidence, read_by in alike((column.name, column.evidence) for column in profile.columns).items():
        print_text(f"Read: {_about(read_by)}{evidence}")
    if means := [_meaning(column) for column in profile.columns if column.meaning]:
        print_text(f"Meanings: {'; '.join(means)}")
    for column in profile.columns:
        if column.misfits:
            print_text(f"{column.name}: {profile.nearly(column)}")
        if column.missing:
            print_text(f"{column.name}: {told(column.missing)}")
        if column.personal_evidence:
            print_text(f"Personal: {column.name}: {column.personal}, since {column.personal_evidence}")
        if column.randomised:
            print_text(f"Treatment: {column.name}: {column.randomised}")
        for leak in column.leaks:
            print_text(f"Leak: {column.name}: {leak.told}")
    print()


def _about(columns: Sequence[str]) -> str:
    return f"{', '.join(columns)}: " if columns else ""


def _meaning(column: ColumnProfile) -> str:
    unit = f", in {column.unit}" if column.unit else ""
    return f"{column.name}: {column.meaning}{unit} ({one_line(column.meaning_evidence)})"


def _facts(profile: DatasetProfile) -> str:
    table = profile.table
    if table is None:
        files = counted(profile.file_count, "file")
        return (
            f"{counted(profile.row_count, 'row')}, {profile.format}, {files}, {size_text(profile.size_bytes)}"
        )
    size = f", {size_text(profile.size_bytes)}" if profile.size_bytes else ""
    if not table.is_sample:
        return f"{counted(profile.row_count, 'row')}, {profile.format} of {table.product}{size}"
    rows = "" if table.row_count is None else f"about {counted(table.row_count, 'row')}, "
    how = "the first" if table.row_count is None else "a sample of"
    return f"{rows}{profile.format} of {table.product}{size}; told from {how} {counted(profile.row_count, 'row')}"


def _short(name: str) -> str:
    return name.partition(".")[2]


def _type(column: ColumnProfile) -> str:
    written = f" {column.reading.format}" if column.reading and column.reading.format else ""
    return f"{column.found_type}{written}"


def _values(column: ColumnProfile) -> str:
    """The values of a column of few, else the ends of its range; never personal ones, which stay off screens."""
    shown = list(map(_cut, _texts(column)))
    if _is_range(column):
        return " .. ".join(shown)
    return ", ".join(shown) + (", ..." if shown and len(column.values) > _SHOWN_VALUES else "")


def _is_range(column: ColumnProfile) -> bool:
    is_number = column.found_type in {"integer", "number"}
    return not column.values or (is_number and column.distinct_count > _SHOWN_VALUES)


def _texts(column: ColumnProfile) -> list[str]:
    """The values that are shown of `column`."""
    if column.personal:
        return []
    if _is_range(column):
        return list(dict.fromkeys(end for end in (column.minimum, column.maximum) if end is not None))
    return [value for value, _ in column.values[:_SHOWN_VALUES]]


def _notes(profile: DatasetProfile, column: ColumnProfile) -> list[str]:
    notes = list(filter(None, (profile.key_mark(column.name),)))
    if column.distinct_count == 0:
        notes.append("empty")
    elif column.is_constant:
        notes.append("constant")
    if column.personal:
        notes.append(f"personal: {column.personal} ({column.personal_confidence:.2f})")
    if column.is_likely_label:
        notes.append("likely label")
    if column.leaks:
        notes.append("leak suspect")
    if profile.table and column.is_required and not profile.key_mark(column.name):
        notes.append("never null")
    if column.blank_count:
        notes.append(f"{column.blank_count:,} of blank text, null in a product")
    if column.comment:
        notes.append(one_line(column.comment))
    return notes


def _cut(text: str) -> str:
    shown = one_line(text)
    return f"{shown[: _VALUE_WIDTH - 3]}..." if _is_long(shown) else shown


def _is_long(text: str) -> bool:
    return len(text) > _VALUE_WIDTH
