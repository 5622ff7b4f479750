"""Joins between datasets: foreign keys of a database, and columns whose values are found among the keys of another.

Names and sketches suspect (`join_names`, `join_values`); each column is told to refer to the one key that most speaks
for, and of keys that are one to one with each other all are told to refer to the one whose table they are named after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.discovery.join_names import name_evidence, named, own_evidence
from meshlake.discovery.join_values import Field, KeyIndex, value_evidence
from meshlake.discovery.join_written import DIGITS, writing_between
from meshlake.discovery.names import is_identifier, is_row_number, is_unnamed_counter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.sketches import Sketch

_SURE = 0.5
# Of a column that is named as the key is, most values may be found in no row: those are its orphans.
CONTAINED, CONTAINED_BY_NAME = 0.9, 0.5
# Prefixed numbers that lie so close are found among any others, unless nearly all of the key's are.
_DENSE, _NEARLY_ALL_KEYS = 0.05, 0.9
_NAMED_SO = 0.85
# A hint of a name alone leads to no other domain: the approver of a leave is an employee, and no user of a shop.
_HINT = 0.6
# Beside the key that most speaks for, a column refers to a copy of ids where so much does: a like name, or values that
# chance would not repeat.
_BESIDE_OTHERS = 0.7
# What tells nearly all rows of its own table apart is another name of them, and no reference.
_ANOTHER_NAME = 0.9
# Of so few rows 0 and 1 may be the only ones referred to.
_FEWEST_BEYOND_FLAGS = 20


@dataclass(frozen=True)
class Join:
    """`dataset.column` refers to the key `other_column` of `other_dataset`, which holds about `containment` of its
    distinct values. One to one when both columns are keys. A database keeps those that are declared; several columns
    of one are written with commas. `confidence`, from 0 to 1, is made of the `evidence`. `orphan_count`
    rows have values that the key has not; None where only sketches were compared. A `containment` of 0 is not known
    yet: only the rows can tell. `written` says how the values differ from the key's, which have to be brought to one
    form to be compared; empty where they are equal. Of values written otherwise fewer may be found where the names
    agree and at least the share `least_covered` of the key's is among them; None where nothing makes up for it.
    `orphan_example` is the value that most orphans have."""

    dataset: str
    column: str
    other_dataset: str
    other_column: str
    containment: float
    is_one_to_one: bool
    is_declared: bool = False
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()
    orphan_count: int | None = None
    written: str = ""
    orphan_example: str = ""
    least_covered: float | None = None


def likely_joins(
    found: Sequence[tuple[DatasetProfile, Mapping[str, Sketch]]], copies: Collection[str] = ()
) -> list[Join]:
    """The joins between the profiled datasets, those declared first, then the surest.

    `copies` are datasets of ids that are kept elsewhere, too, and compete with none: a column refers to them beside the
    key that most speaks for, and theirs refer to all keys that much speaks for.

    Few whole numbers are found among any others, so those need a like name as well; so does what is named after its
    own table. A table's own row number, and an e-mail address beside a better key, are referred to by nothing.
    """
    fields = [field for profile, sketches in found for field in _fields(profile, sketches)]
    index = KeyIndex([field for field in fields if field.is_referable])
    best = [join for field in fields for join in _chosen(field, index, copies)]
    declared = [join for profile, _ in found for join in _declared(profile)]
    known = {(join.dataset, join.column) for join in declared}
    joins = declared + [j for j in _without_rings(best, index) if (j.dataset, j.column) not in known]
    order = sorted(joins, key=lambda join: (-join.confidence, -join.containment, join.dataset, join.column))
    return sorted(order, key=lambda join: not join.is_declared)


def may_refer_to_itself(profile: DatasetProfile) -> bool:
    """Whether names say that rows of a dataset may refer to other rows of it."""
    names = named(profile.name, [column.name for column in profile.columns])
    keys = _referable(profile)
    return any(
        own_evidence(mine)[0] or name_evidence(mine, names[key])[0] >= _NAMED_SO
        for key in keys
        for name, mine in names.items()
        if name not in keys
    )


def _fields(profile: DatasetProfile, sketches: Mapping[str, Sketch]) -> Iterator[Field]:
    columns = [column.name for column in profile.columns]
    names = named(profile.name, columns)
    referable = _referable(profile)
    for column in profile.columns:
        is_counter = column.found_type == "integer" and is_unnamed_counter(column.name, columns)
        if column.name in sketches and not is_counter:
            is_key = (column.name,) in profile.keys
            yield Field(
                profile.name,
                column,
                names[column.name],
                sketches[column.name],
                profile.row_count,
                is_key,
                column.name in referable,
            )


def _referable(profile: DatasetProfile) -> set[str]:
    """The keys of a dataset that others may refer to; what should count its rows, and does not, is none."""
    singles = [key[0] for key in profile.keys if len(key) == 1]
    first = singles[:1]
    if profile.near_key and not is_row_number(profile.near_key.columns[0]):
        singles.insert(0, profile.near_key.columns[0])
    meant = [name for name in singles if not is_row_number(name)] or singles
    personal = {column.name for column in profile.columns if column.personal}
    return {name for name in meant if name not in personal or name in {meant[0], *first}}


def _chosen(field: Field, index: KeyIndex, copies: Collection[str]) -> Iterator[Join]:
    """The join of a column with the key that most speaks for, if enough does for any, and those with `copies`."""
    joins = _all(field, index)

    def rank(join: Join) -> tuple[float, float, tuple[float, ...]]:
        return join.confidence, join.containment, index.weight(join.other_dataset, join.other_column)

    best = max(joins, key=rank, default=None)
    own = max((each for each in joins if each.other_dataset not in copies), key=rank, default=None)
    for join in joins:
        is_of_copy = field.dataset in copies or join.other_dataset in copies
        if join is best or join is own or (is_of_copy and join.confidence >= _BESIDE_OTHERS):
            yield join


def _all(field: Field, index: KeyIndex) -> list[Join]:
    """The joins of a column with each key that enough speaks for; none where it only counts its own table's rows."""
    if is_row_number(field.column.name) and _is_apart(field):
        return []
    candidates = list(index.candidates(field))
    joins = [join for key in candidates if (join := _judged(field, key))]
    return joins or [join for key in candidates if (join := _written(field, key))]


def _is_flag(field: Field, key: Field) -> bool:
    """Whether it is 0 or 1, of a key that has more: what is so named as it is (`qualifying`) says yes or no."""
    ends = field.column.minimum, field.column.maximum
    return (
        ends == ("0", "1") and field.column.found_type == "integer" and key.row_count > _FEWEST_BEYOND_FLAGS
    )


def _is_apart(field: Field) -> bool:
    return field.distinct >= _ANOTHER_NAME * field.row_count


def _judged(field: Field, key: Field) -> Join | None:
    if _is_flag(field, key) or (key.dataset == field.dataset and _is_apart(field)):
        return None
    by_name, said = name_evidence(field.named, key.named)
    if key.dataset == field.dataset:
        by_name, said = max((by_name, said), own_evidence(field.named))
    share = field.sketch.share_in(key.sketch)
    is_named_so = by_name >= _NAMED_SO
    if share is None and not is_named_so:
        return None
    # Where sketches tell nothing, the rows must.
    containment = 1.0 if share is None else share
    if containment < (CONTAINED_BY_NAME if is_named_so else CONTAINED):
        return None
    if _is_own(field) and not (is_named_so and _may_refer(field, key)):
        return None
    by_value, seen = value_evidence(field, key, share) if share is not None else (0.0, "")
    if by_name <= _HINT and not by_value and _domain(field) != _domain(key):
        return None
    if not by_value and not _is_meant(key):
        return None
    confidence = containment * (1 - (1 - 0.95 * by_name) * (1 - by_value))
    if confidence < _SURE:
        return None
    return _joined(field, key, share or 0.0, confidence, (said, seen))


def _is_meant(key: Field) -> bool:
    """Whether a key's name says that rows are told apart by it, where its values may be any table's: numbers of a kind
    that are different by chance in a small table (heights, years) are referred to by none of the same kind."""
    return is_identifier(key.column.name) or key.named.is_of_its_owner


def _written(field: Field, key: Field) -> Join | None:
    """The join with a key whose values a column named so may have, written differently: not known before the rows."""
    writing = writing_between(field, key)
    by_name, said = name_evidence(field.named, key.named)
    is_hint = by_name >= _HINT and (by_name > _HINT or _domain(field) == _domain(key))
    if key.dataset == field.dataset or not is_hint or writing is None:
        return None
    if _is_own(field) and not _may_refer(field, key):
        return None
    is_dense = writing is DIGITS and max(field.density, key.density) >= _DENSE
    return replace(
        _joined(field, key, 0.0, 0.95 * by_name, (said, writing.told)),
        written=writing.told,
        least_covered=None if by_name < _NAMED_SO else _NEARLY_ALL_KEYS if is_dense else 0.0,
    )


def _joined(
    field: Field, key: Field, containment: float, confidence: float, evidence: tuple[str, ...]
) -> Join:
    return Join(
        field.dataset,
        field.column.name,
        key.dataset,
        key.column.name,
        containment,
        is_one_to_one=field.is_key,
        confidence=round(confidence, 3),
        evidence=tuple(filter(None, evidence)),
    )


def _is_own(field: Field) -> bool:
    """Whether it is its table's own identifier: what repeats there is none (`store_id` of `store_returns`)."""
    return field.named.is_of_its_owner and 2 * field.distinct >= field.row_count


def _may_refer(field: Field, key: Field) -> bool:
    """Whether a column named after its own table may refer to a key all the same: to that of a table of this name
    elsewhere, of one whose name its own table's only adds to (`order_id` of `order_items`), or, where it repeats, of
    one that it tells the rows of apart."""
    owner, other = field.named.owner, key.named.owner
    if not key.is_of_another(field):
        return True
    is_repeated = not field.is_key and not _is_apart(field)
    return set(other) < set(owner) or (is_repeated and not set(owner) < set(other))


def _domain(field: Field) -> str:
    return field.dataset.rpartition(".")[0]


def _without_rings(joins: Iterable[Join], index: KeyIndex) -> list[Join]:
    """The joins, of two columns that refer to each other one.

    Each refers to the key it is likest to, so what is left is a tree: a family of columns is told once.
    """
    kept: dict[frozenset[tuple[str, str]], Join] = {}
    for join in joins:
        pair = frozenset({(join.dataset, join.column), (join.other_dataset, join.other_column)})
        if pair not in kept or _rank(join, index) > _rank(kept[pair], index):
            kept[pair] = join
    return list(kept.values())


def _rank(join: Join, index: KeyIndex) -> tuple[float, float, tuple[float, ...]]:
    return join.containment, join.confidence, index.weight(join.other_dataset, join.other_column)


def _declared(profile: DatasetProfile) -> Iterator[Join]:
    for key in profile.table.foreign_keys if profile.table else ():
        mine, others = ", ".join(key.columns), ", ".join(key.other_columns)
        yield Join(
            profile.name,
            mine,
            f"{key.catalog}.{key.other_table}",
            others,
            1.0,
            key.columns in profile.keys,
            is_declared=True,
            evidence=("declared by the database",),
        )


def ranked(profile: DatasetProfile, joins: Iterable[Join]) -> DatasetProfile:
    """The same profile, with the keys first that most columns refer to, or of several columns refer one to one."""
    referred = [join.other_column for join in joins if join.other_dataset == profile.name]
    referred += [
        join.column
        for join in joins
        if join.dataset == profile.name and join.is_one_to_one and "," in join.column
    ]
    told = [set(columns.split(", ")) for columns in referred]
    keys = sorted(profile.keys, key=lambda key: -told.count(set(key)))
    return replace(profile, keys=tuple(keys))
