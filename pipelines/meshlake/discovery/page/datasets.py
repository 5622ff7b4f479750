"""One dataset on the page: its columns with what they hold, what they are marked as, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from meshlake.counting import counted, for_example
from meshlake.discovery.dependencies import told_of_untried
from meshlake.discovery.page.landed_names import short
from meshlake.html import table, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.joins import Join

_SHOWN_VALUES = 6
_WIDTH, _HEIGHT = 144, 36
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADS = ("column", "type", "null", "distinct", "what it holds", "marks", "since")


def dataset_html(profile: DatasetProfile) -> str:
    """A part of the page that opens and closes, named as the dataset is."""
    size = ", ".join(
        [counted(profile.row_count, "row"), counted(len(profile.columns), "column"), profile.format]
    )
    if profile.table is None:
        size += f", {counted(profile.file_count, 'file')}"
    marks = "".join(_mark(*each) for each in _dataset_marks(profile))
    rows = [_column_row(profile, column) for column in profile.columns]
    notes = "".join(f"<li>{text(note)}</li>" for note in _notes(profile))
    return (
        f'<details class="dataset" id="{text(profile.name)}"><summary><b>{text(short(profile.name))}</b> '
        f'<span class="facts">{text(size)}</span> {marks}</summary>'
        f"{table(_HEADS, rows)}{f'<ul>{notes}</ul>' if notes else ''}</details>"
    )


def join_rows(joins: Iterable[Join]) -> Iterator[tuple[str, ...]]:
    """The cells of each join."""
    for join in joins:
        yield (
            text(f"{short(join.dataset)}.{join.column}"),
            text(f"{short(join.other_dataset)}.{join.other_column}"),
            "one to one" if join.is_one_to_one else "many to one",
            text(orphans_text(join)),
            share_text(join),
            "declared" if join.is_declared else f"{join.confidence:.2f}",
            text(", ".join(join.evidence)),
        )


def share_text(join: Join) -> str:
    """How many of the values are found; not quite all is never told as all."""
    if join.is_declared:
        return "declared"
    share = f"{min(join.containment, 0.999) if join.orphan_count else join.containment:.1%}"
    return f"about {share}" if join.orphan_count is None else share


def orphans_text(join: Join) -> str:
    """The rows that find no partner, as far as they were counted, with the value that most of them have."""
    if join.orphan_count is None:
        return "not counted"
    return f"{join.orphan_count:,}{for_example(join.orphan_example)}"


def _mark(kind: str, told: str) -> str:
    return f'<span class="mark {kind}">{text(told)}</span>'


def _dataset_marks(profile: DatasetProfile) -> Iterator[tuple[str, str]]:
    personal = sum(bool(column.personal) for column in profile.columns)
    if profile.keys:
        yield "key", f"key: {', '.join(profile.keys[0])}"
    if personal:
        yield "personal", f"{personal:,} personal"
    if profile.labels:
        yield "label", f"label: {', '.join(profile.labels)}"
    if profile.drift:
        yield "drift", "files differ"


def _column_row(profile: DatasetProfile, column: ColumnProfile) -> tuple[str, ...]:
    written = f" {column.reading.format}" if column.reading and column.reading.format else ""
    meant = " in ".join(filter(None, (column.meaning, column.unit)))
    nulls = (
        ""
        if not column.null_count
        else "&lt;0.1 %"
        if column.null_share < 0.001
        else f"{column.null_share:.1%}"
    )
    return (
        f"<code>{text(column.name)}</code>",
        text(f"{column.found_type}{written}")
        + (f'<br><span class="facts">{text(meant)}</span>' if meant else ""),
        nulls,
        profile.distinct_told(column, "about "),
        _held(column),
        " ".join(_mark(*each) for each in _column_marks(profile, column)),
        text("; ".join(filter(None, _evidence(profile, column)))),
    )


def _column_marks(profile: DatasetProfile, column: ColumnProfile) -> Iterator[tuple[str, str]]:
    if mark := profile.key_mark(column.name):
        yield "key", mark
    if column.personal:
        yield "personal", f"{column.personal} ({column.personal_confidence:.2f})"
    if column.is_likely_label:
        yield "label", "likely label"
    if column.leaks:
        yield "leak", "leak suspect"
    if column.randomised:
        yield "label", "randomised"
    for word, count in column.missing:
        yield "drift", f"{word!r} for none: {count:,}"
    if column.is_constant:
        yield "drift", "constant" if column.distinct_count else "empty"


def _evidence(profile: DatasetProfile, column: ColumnProfile) -> Iterator[str]:
    yield column.personal_evidence
    yield column.meaning_evidence
    yield column.evidence
    yield from (leak.told for leak in column.leaks)
    yield column.randomised
    yield profile.nearly(column)


def _held(column: ColumnProfile) -> str:
    if column.spread and not 0 < len(column.values) <= _SHOWN_VALUES:
        low, high = (_end(column, end) for end in (column.spread.low, column.spread.high))
        return f'{_bars(column.spread.counts, f"{low} to {high}")}<span class="ends">{low} … {high}</span>'
    if column.values:
        most = column.values[0][1]
        lines = "".join(
            f'<li><span class="bar" style="width:{max(100 * count / most, 1):.0f}%"></span>'
            f"<span>{text(value)}</span> <b>{count:,}</b></li>"
            for value, count in column.values[:_SHOWN_VALUES]
        )
        more = len(column.values) - _SHOWN_VALUES
        return f'<ul class="values">{lines}{f"<li>and {more:,} more</li>" if more > 0 else ""}</ul>'
    ends = dict.fromkeys(end for end in (column.minimum, column.maximum) if end is not None)
    return f'<span class="ends">{" … ".join(map(text, ends))}</span>'


def _end(column: ColumnProfile, end: float) -> str:
    if column.found_type in {"date", "timestamp"}:
        try:
            return f"{_EPOCH + timedelta(seconds=end):%Y-%m-%d}"
        except OverflowError:  # a year that no calendar of Python has
            return f"year {1970 + end / 31_556_952:,.0f}"
    return f"{end:,.0f}" if end == int(end) else f"{end:,.4g}"


def _bars(counts: tuple[int, ...], label: str) -> str:
    most, width = max(counts), _WIDTH / len(counts)
    drawn = "".join(
        f'<rect x="{i * width:.0f}" y="{_HEIGHT - (height := max(_HEIGHT * count / most, 1)):.1f}" '
        f'width="{width - 2:.0f}" height="{height:.1f}"><title>{count:,}</title></rect>'
        for i, count in enumerate(counts)
        if count
    )
    return f'<svg class="bars" role="img" aria-label="{label}" viewBox="0 0 {_WIDTH} {_HEIGHT}">{drawn}</svg>'


def _notes(profile: DatasetProfile) -> Iterator[str]:
    if profile.keys and len(profile.keys[0]) > 1:
        yield f"Key: {' or '.join(' with '.join(key) for key in profile.keys)}"
    yield from (f"Depends: {dependency.told()}" for dependency in profile.dependencies)
    if profile.undecided_count:
        yield f"Depends: {told_of_untried(profile.undecided_count)}"
    yield from (f"Kept aside: {line}" for line in profile.unreadable)
    yield from profile.notes
    yield from (drift.message for drift in profile.drift)
