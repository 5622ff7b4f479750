"""What discovery knows of a landed dataset or a table, and of each of its columns; how it finds out is `profile`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier, is_moment, is_row_number

if TYPE_CHECKING:
    from meshlake.discovery.dependencies import Dependency
    from meshlake.discovery.drift import Drift
    from meshlake.discovery.keys import NearKey
    from meshlake.discovery.readings import Reading
    from meshlake.sources.catalog import ForeignKey, TableName
    from meshlake.types.tree import Type

TEXT_IN_BYTES = (
    "bytes, all of them text in UTF-8 that is not marked as such: drafted as text, by transformLogic"
)
_SHOWN_MISFITS = 5
_SHARED_BY_PEOPLE = frozenset({"name", "date of birth", "address"})
_PLURALS = {"boolean": "yes or no", "time": "times of day"} | {
    name: f"{name}s" for name in ("integer", "number", "date", "timestamp")
}


@dataclass(frozen=True)
class Spread:
    """How many sampled values lie in each of equal ranges from `low` to `high`; days are seconds since 1970."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Leak:
    """Why a column is most likely known only after `label` is; `roc_auc` is what it alone reaches, None where its name
    alone says so."""

    label: str
    evidence: str
    roc_auc: float | None

    @property
    def told(self) -> str:
        """In words."""
        return f"most likely known only after {self.label}: {self.evidence}"


@dataclass(frozen=True)
class ColumnProfile:
    """One column as it landed, and what it is found to be.

    `sources` are the landed columns it comes from, more than one where files write its name differently. `found_type`
    is a contract's logical type; `reading` how text is read as that, None where nothing is to be read.
    `distinct_count` is approximate (HyperLogLog) unless `DatasetProfile.is_counted`; `values` counts each value of a
    column of few, the most frequent first. `blank_count` of the `null_count` rows have text that is blank
    where it is read as something else, or empty in CSV: null in a product. `misfits` are values that the reading does
    not read. `is_required` when no row is without a value, or none can be; `comment` is what a database says of it,
    `question` what its text leaves open, `open_to` the conventions it could keep to; `evidence` is what decided
    between two. `missing` are words that stand for no value, with the rows that have them: null in a product.
    `spread` is how sampled numbers and days lie in their range.
    `meaning` is the trade's word for what values are, `unit` theirs, and `meaning_evidence` what says so. `leaks`
    say of which labels it most likely is known only after; `randomised` what shows that its two values were drawn.
    """

    name: str
    type: Type
    null_count: int
    null_share: float
    blank_count: int
    distinct_count: int
    minimum: str | None
    maximum: str | None
    sources: tuple[str, ...]
    found_type: str
    reading: Reading | None
    misfit_count: int
    misfits: tuple[str, ...]
    values: tuple[tuple[str, int], ...]
    personal: str | None
    is_likely_label: bool
    is_required: bool
    comment: str = ""
    question: str = ""
    is_text_in_bytes: bool = False
    evidence: str = ""
    open_to: tuple[str, ...] = ()
    personal_confidence: float = 0.0
    personal_evidence: str = ""
    missing: tuple[tuple[str, int], ...] = ()
    spread: Spread | None = None
    meaning: str = ""
    meaning_evidence: str = ""
    unit: str = ""
    leaks: tuple[Leak, ...] = ()
    randomised: str = ""

    def asking(self, question: str) -> ColumnProfile:
        """The same, with one question more."""
        return replace(self, question="; ".join(filter(None, (self.question, question))))

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same value, or none any."""
        return self.distinct_count == 0 or (self.distinct_count == 1 and self.null_count == 0)


@dataclass(frozen=True)
class TableProfile:
    """What is known of a table of a database, but of no landed files.

    `primary_key` and `foreign_keys` are those that the database keeps. Of a large table only a sample was read;
    `row_count` is then estimated, None where it cannot be. `product` is the database's own name, `server` the entry of
    a contract's `servers` that leads to the table.
    """

    table: TableName
    comment: str
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    is_sample: bool
    row_count: int | None
    product: str
    server: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True)
class DatasetProfile:
    """A landed dataset, or a table, as it was when it was read. `row_count` rows were.

    `keys` are those proven on all rows, or by the database, the likeliest first; where no column is one alone,
    `near_key` is the one that few rows keep from it. A table has no files and no
    `fingerprint`. Of `unreadable_count` lines no row could be made; `unreadable` are the first, for people.
    `notes` say what was guessed about how files are written, and what of them is no row. `dependencies` are columns
    that another decides; of `undecided_count` columns that was not looked for, since there are too many.
    """

    name: str
    format: str
    fingerprint: str
    file_count: int
    size_bytes: int
    row_count: int
    columns: tuple[ColumnProfile, ...]
    keys: tuple[tuple[str, ...], ...]
    drift: tuple[Drift, ...]
    near_key: NearKey | None = None
    table: TableProfile | None = None
    unreadable_count: int = 0
    unreadable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    undecided_count: int = 0

    @property
    def likely_key(self) -> tuple[str, ...]:
        """The key that is no coincidence: declared, or meant by the name or the place of its columns; else empty.

        Columns that are a key together are apart by more than chance: who begins a table with them means them.
        """
        if self.table is not None and self.table.primary_key:
            return self.table.primary_key
        first = [column.name for column in self.columns if not is_row_number(column.name)]
        # Sixty people may be called each by another name: the next is called as one of them.
        of_people = {column.name for column in self.columns if column.personal in _SHARED_BY_PEOPLE}
        meant = (
            key
            for key in self.keys
            if any(is_identifier(name) and not is_row_number(name) for name in key)
            or (set(key) == set(first[: len(key)]) and not of_people.issuperset(key))
            or (len(key) > 1 and any(map(is_moment, key)))
        )
        return next(meant, ())

    def key_mark(self, name: str) -> str:
        """`key` for the column that is the likely key, or a part of it, `unique` for another that tells the rows apart,
        perhaps by chance; what few rows keep from being a key is nearly one; else empty."""
        if name in self.likely_key:
            return "key" if len(self.likely_key) == 1 else "part of the key"
        if self.near_key and name in self.near_key.columns:
            return "nearly a key"
        return "unique" if (name,) in self.keys else ""

    def is_counted(self, column: ColumnProfile) -> bool:
        """Whether the number of values is exact; an estimate is off by a tenth as a rule, at times by a quarter."""
        return bool(column.values) or not column.distinct_count or (column.name,) in self.keys

    def distinct_told(self, column: ColumnProfile, about: str) -> str:
        """How many values `column` has; of an estimate, told as `about` so many, two digits: no more are sure."""
        count = column.distinct_count
        return f"{count:,}" if self.is_counted(column) else f"{about}{round(count, 2 - len(str(count))):,}"

    @property
    def questions(self) -> tuple[Drift, ...]:
        """What only people know: whether columns that are named alike are one."""
        return tuple(drift for drift in self.drift if drift.kind == "alike")

    def nearly(self, column: ColumnProfile) -> str:
        """What nearly all values of `column` are, and which are not; empty where all are."""
        present = self.row_count - column.null_count
        if not column.misfits or not present:
            return ""
        share = (present - column.misfit_count) / present
        written = f" {column.reading.format}" if column.reading and column.reading.format else ""
        # Not quite all is never told as all.
        told = f"{min(share, 0.999):.1%}" if share < 1 else "100%"
        some = ", ".join(repr(value) for value in column.misfits[:_SHOWN_MISFITS])
        return (
            f"{told} are {_PLURALS.get(column.found_type, column.found_type)}{written}; {column.misfit_count:,} "
            f"{'is' if column.misfit_count == 1 else 'are'} not, for example {some}"
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that may say who left."""
        return tuple(column.name for column in self.columns if column.is_likely_label)
