"""The kinds of rule there are, and a contract's rules by asking each of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from meshlake.plugins import Doorway
from meshlake.rules.facts import FactError, MistypedError, UnheldError
from meshlake.rules.quality_rule import LIBRARY
from meshlake.suggest import mistyped, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from open_data_contract_standard.model import DataQuality, SchemaProperty, ServiceLevelAgreementProperty

    from meshlake.column import Column
    from meshlake.rules.rule import Rule

# In the order in which the rules of one column are told. Another distribution's kinds are stated by quality items.
KINDS: Doorway[type[Rule]] = Doorway(
    "meshlake.rules",
    "kind of rule",
    {
        "columns": "meshlake.rules.columns:Columns",
        "primary_key": "meshlake.rules.primary_key:PrimaryKey",
        "required": "meshlake.rules.required:Required",
        "unique": "meshlake.rules.unique:Unique",
        "range": "meshlake.rules.range:Range",
        "length": "meshlake.rules.length:Length",
        "pattern": "meshlake.rules.pattern:Pattern",
        "nullValues": "meshlake.rules.null_values:NullValues",
        "missingValues": "meshlake.rules.missing_values:MissingValues",
        "invalidValues": "meshlake.rules.invalid_values:InvalidValues",
        "duplicateValues": "meshlake.rules.duplicate_values:DuplicateValues",
        "rowCount": "meshlake.rules.row_count:RowCount",
        "sql": "meshlake.rules.sql:Sql",
        "asUsual": "meshlake.rules.as_usual:AsUsual",
        "expectation": "meshlake.rules.expectation:Expectation",
        "freshness": "meshlake.rules.freshness:Freshness",
        "violating_rows": "meshlake.rules.violating_rows:ViolatingRows",
    },
)
_TEXT = "text"  # an item of this type is only read by people
_DESCRIPTIVE = ("format", "timezone", "defaultTimezone")
# Of a vector: they tell what made it and how it is compared, nothing of its rows.
_OF_VECTORS = ("elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion", "normalized")
# Options of ODCS that no kind holds to: none of ours is meant by them, however alike.
_OF_ODCS = frozenset({"multipleOf", "uniqueItems", "minProperties", "maxProperties", "required"})


def table_rules(columns: tuple[Column, ...]) -> Iterator[Rule]:
    """The rules that follow from all columns of a contract together."""
    for kind in _ours():
        yield from kind.of_table(columns)


def column_rules(prop: SchemaProperty, column: Column) -> tuple[list[Rule], list[FactError]]:
    """The rules that follow from what a contract says of one column, its quality items left out; and what is wrong.

    Wrong is an option that is unknown, or that is of a part of the column, or has a value that does not fit it.
    """
    rules: list[Rule] = []
    wrong = list(_unheld_options(prop, column))
    for kind in _ours():
        try:
            rules += kind.of_property(prop, column)
        except FactError as error:
            wrong.append(error)
    return rules, wrong


def _unheld_options(prop: SchemaProperty, column: Column) -> Iterator[FactError]:
    known = [*(option for kind in _ours() for option in kind.options), *_DESCRIPTIVE]
    if prop.logicalType == "vector":
        known += _OF_VECTORS
    else:
        known.remove("dimensions")
    for key in prop.logicalTypeOptions or {}:
        if key not in known:
            is_meant = key in _OF_ODCS
            hint = (not is_meant and nearest(key, known)) or "State it as a quality item of type sql instead."
            told = MistypedError if not is_meant and mistyped(key, known) else FactError
            yield told("logicalTypeOptions", f"logicalTypeOptions '{key}' is not supported", hint)
    for part in nested_parts(prop):
        for key in part.logicalTypeOptions or {}:
            if key not in _DESCRIPTIVE:
                message = f"'{key}' of a part of {column.name} is not held to"
                yield FactError(
                    "logicalTypeOptions", message, "State it as a quality item of type sql instead."
                )


def nested_parts(prop: SchemaProperty) -> Iterator[SchemaProperty]:
    """What is nested in a property, at any depth."""
    keyed = (prop.map.key, prop.map.value) if prop.map else ()
    for part in (prop.items, *(prop.properties or ()), *keyed):
        if part is not None:
            yield part
            yield from nested_parts(part)


def quality_rule(item: DataQuality, column: Column | None, columns: tuple[Column, ...]) -> Rule | None:
    """The rule a quality item states; None for one of type `text`, which only people read.

    Args:
        item: one item, of a column or of the table.
        column: the column it is of; None for the table.
        columns: all columns of the product.

    Raises:
        FactError: for anything that cannot be checked as written.
    """
    kind_name = item.type or (LIBRARY if item.metric or item.rule else None)
    if kind_name == _TEXT:
        return None
    if kind_name is None:
        raise UnheldError("type", "quality item has no metric", _use_one_of(_types(_ours())))
    kind = _metric(item.metric or item.rule or "") if kind_name == LIBRARY else _typed(kind_name, item)
    return kind.of_quality(item, column, columns)


def service_level_rule(
    item: ServiceLevelAgreementProperty, element: str | None, columns: tuple[Column, ...]
) -> Rule | None:
    """The rule a service level states; None for one that is no rule.

    Raises:
        FactError: for anything that cannot be checked as written.
    """
    for kind in _ours():
        if kind.service_level is not None and kind.service_level == item.property:
            return kind.of_service_level(item, element, columns)
    return None


def rule_levels() -> tuple[str, ...]:
    """The properties of `slaProperties` that state a rule."""
    return tuple(kind.service_level for kind in _ours() if kind.service_level is not None)


def _metric(word: str) -> type[Rule]:
    metrics = _metrics(_ours())
    if word not in metrics:
        metrics = _metrics(KINDS.all().values())
    if word not in metrics:
        near = nearest(word, metrics)
        hint = near or f"The metrics are {', '.join(metrics)}."
        told = MistypedError if mistyped(word, metrics) else FactError
        raise (told if near else UnheldError)("metric", f"metric '{word}' is unknown", hint)
    return metrics[word]


def _typed(word: str, item: DataQuality) -> type[Rule]:
    types = _types(_ours())
    if word not in types:
        types = _types(KINDS.all().values())
    if word not in types:
        told = MistypedError if mistyped(word, types) else FactError
        raise told("type", f"quality type '{word}' is unknown", _use_one_of(types))
    return next((kind for kind in types[word] if kind.is_stated_by(item)), types[word][0])


def _metrics(kinds: Iterable[type[Rule]]) -> dict[str, type[Rule]]:
    return {kind.kind: kind for kind in kinds if kind.quality_type == LIBRARY}


def _types(kinds: Iterable[type[Rule]]) -> dict[str, list[type[Rule]]]:
    found: dict[str, list[type[Rule]]] = {}
    for kind in kinds:
        if kind.quality_type not in (None, LIBRARY):
            found.setdefault(str(kind.quality_type), []).append(kind)
    return found


def _use_one_of(types: Iterable[str]) -> str:
    return f"Use one of {', '.join((LIBRARY, *types, _TEXT))}."


@cache
def _ours() -> tuple[type[Rule], ...]:
    return tuple(KINDS.get(name) for name in KINDS.members)
