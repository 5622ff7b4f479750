"""The contract of a source-aligned product, drafted from the profile of what has landed or of a table.

It says no more than holds for every row, so that the first build passes; what cannot be seen in data is left to the
owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.discovery.missing import told
from meshlake.discovery.names import is_identifier
from meshlake.discovery.personal import classification_of
from meshlake.discovery.spellings import spellings
from meshlake.drafting.contract_document import HAS_ROWS, Description, document, title, type_facts
from meshlake.drafting.daily_rules import event_day
from meshlake.drafting.drafted_rules import add_column_rules, table_rules
from meshlake.drafting.product_folder import Flow
from meshlake.names import DatasetName, name_words, quote_identifier, quote_literal, snake_case
from meshlake.types.tree import Scalar, is_number

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.drafting.observed import Observed
    from meshlake.names import ProductName

_ENUMERATED_ROWS_PER_VALUE = 10
# Amounts may be refunded and temperatures fall; what these words count is never below zero.
_NEVER_NEGATIVE = frozenset(
    {
        "age",
        "tenure",
        "count",
        "months",
        "days",
        "years",
        "hours",
        "minutes",
        "seconds",
        "gb",
        "mb",
        "kb",
        "bytes",
    }
)


def draft_contract(profile: DatasetProfile, name: ProductName, owner: str) -> dict[str, Any]:
    """The contract (ODCS v3.1.0) of product `name` over the dataset of `profile`."""
    names = column_names(profile)
    key = tuple(names[column] for column in profile.likely_key)
    words = _words(profile, name)
    table: dict[str, Any] = {
        "description": words.description,
        "dataGranularityDescription": f"One row per {' and '.join(key)}." if key else words.grain,
    }
    if words.dataset != f"landing.{name}":
        table["customProperties"] = [Flow(property="source", value=words.dataset)]
    table["properties"] = [_property(profile, column, names, key) for column in profile.columns]
    if profile.row_count:
        table["quality"] = [HAS_ROWS]
    description = Description(
        purpose=words.purpose,
        usage=f"Query it as {name}" + (f"; {', '.join(key)} identifies a row." if key else "."),
        limitations=f"Drafted on {datetime.now(UTC):%Y-%m-%d} from {words.evidence}.",
    )
    contract = document(name, owner, ("source-aligned",), description, table)
    if profile.table:
        contract["servers"] = [Flow(profile.table.server)]
    return contract


@dataclass(frozen=True)
class _Words:
    """What is said otherwise of a table than of files. `dataset` is what the product reads."""

    dataset: str
    description: str
    purpose: str
    grain: str
    evidence: str


def _words(profile: DatasetProfile, name: ProductName) -> _Words:
    table = profile.table
    if table is None:
        files = "one file" if profile.file_count == 1 else f"{profile.file_count} files"
        return _Words(
            dataset=profile.name,
            description=f"{title(name)}, as they landed in {profile.name}.",
            purpose=f"{title(name)}, cast to what the columns of {profile.name} were found to hold.",
            grain="One row per landed row.",
            evidence=f"{profile.row_count:,} rows in {files}; types, rules and personal data are as observed, not as "
            "promised by whoever sends the files" + "".join(f". {note}" for note in profile.notes),
        )
    comment = f" {table.comment.strip().rstrip('.')}." if table.comment.strip() else ""
    rows = f"{profile.row_count:,} rows, a sample" if table.is_sample else f"{profile.row_count:,} rows"
    return _Words(
        dataset=str(DatasetName(name.domain, table.table.table)),
        description=f"{title(name)}, as the operational {profile.format} {table.table} has them.{comment}",
        purpose=f"{title(name)}, with the types that the operational {profile.format} {table.table} has.{comment}",
        grain=f"One row per row of {table.table}.",
        evidence=f"{table.product}'s catalog and {rows}; value lists and personal data are as observed, not as "
        "promised by whoever runs the database",
    )


def add_rules(
    contract: dict[str, Any], profile: DatasetProfile, observed: Observed, late_after_days: int | None = None
) -> None:
    """Add to the contract drafted from `profile` the rules that its rows, and when they arrived, were found to keep."""
    table = contract["schema"][0]
    if rules := table_rules(observed, late_after_days):
        table["quality"] = rules
    names, day = column_names(profile), event_day(observed)
    for column, facts in zip(profile.columns, table["properties"], strict=True):
        is_key = [names[name] for name in profile.likely_key] == [facts["name"]]
        add_column_rules(facts, column, observed, day=day, is_key=is_key)


def column_names(profile: DatasetProfile) -> dict[str, str]:
    """The product's column name for each landed column: snake_case, numbered where two would be the same."""
    names: dict[str, str] = {}
    for position, column in enumerate(profile.columns, start=1):
        plain = snake_case(column.name) or f"column_{position}"
        number = 1
        name = plain
        while name in names.values():
            number += 1
            name = f"{plain}_{number}"
        names[column.name] = name
    return names


def _property(
    profile: DatasetProfile, column: ColumnProfile, names: dict[str, str], key: tuple[str, ...]
) -> dict[str, Any]:
    name = names[column.name]
    facts: dict[str, Any] = {"name": name, **_type_facts(column)}
    kind = facts["logicalType"]
    facts["description"] = _description(profile, column, kind)
    if column.meaning and column.meaning != kind:
        facts["tags"] = (column.meaning,)
    if unit := _unit(column, kind):
        facts["customProperties"] = [Flow(property="unit", value=unit)]
    if column.personal:
        facts["classification"] = classification_of(column.personal)
    if name in key:
        facts |= {"primaryKey": True, "primaryKeyPosition": key.index(name) + 1}
    if column.is_required:
        facts["required"] = True
    logic = _transform_logic(column, kind)
    if logic is not None:
        facts["transformLogic"] = logic
    elif column.sources != (name,):
        facts["transformSourceObjects"] = column.sources
    if _is_never_negative(column, kind):
        facts["logicalTypeOptions"] = Flow(minimum=0)
    if quality := _quality(profile, column, name, kind):
        facts["quality"] = quality
    return facts


def _type_facts(column: ColumnProfile) -> dict[str, Any]:
    if (written := _written(column)) and column.reading:
        return {**type_facts(column.reading.type), "logicalTypeOptions": Flow(format=written)}
    if column.is_text_in_bytes:
        return {"logicalType": "string"}
    if column.reading is not None:
        return type_facts(column.reading.type)
    return {"logicalType": "integer"} if column.found_type == "integer" else type_facts(column.type)


def _description(profile: DatasetProfile, column: ColumnProfile, kind: str) -> str:
    said = [f"{column.comment.strip().rstrip('.')}."] if column.comment.strip() else []
    said.append(_observed(column, kind, "Landed as" if profile.table is None else "Column"))
    if words := told(column.missing):
        said.append(f"{words}.")
    if column.question:
        said.append(f"Question: {column.question}.")
    if column.evidence:
        said.append(f"{column.evidence[0].upper()}{column.evidence[1:]}.")
    keys = profile.table.foreign_keys if profile.table else ()
    said += [f"Refers to {key}." for key in keys if column.name in key.columns]
    said += [
        f"No file has it beside {' or '.join(others)}, whose name is like it: kept apart, unless someone says "
        "that they are one (then name both in transformSourceObjects)."
        for question in profile.questions
        if column.name in question.columns
        and (others := [f"'{other}'" for other in question.columns if other != column.name])
    ]
    return " ".join(said)


def _observed(column: ColumnProfile, kind: str, landed_as: str) -> str:
    landed = f"{landed_as} " + " or ".join(f"'{source}'" for source in column.sources)
    if column.distinct_count == 0:
        return f"{landed}; no row has a value{_blanks(column)}."
    about = "" if column.values else "about "
    facts = f"{landed}; {about}{column.distinct_count:,} different values"
    is_shown = not column.personal and kind in {"integer", "number", "date", "timestamp"}
    facts += f", {column.minimum} to {column.maximum}" if is_shown else ""
    facts += (
        f", null in {column.null_share:.1%} of rows{_blanks(column)}."
        if column.null_count
        else ", never null."
    )
    if column.personal:
        facts += f" Looks like personal data: {column.personal} ({column.personal_evidence})."
    if column.reading and column.reading.format and kind != "string":
        facts += f" Written like {column.reading.format}."
    if column.meaning and column.meaning != kind:
        facts += f" Means {column.meaning} ({column.meaning_evidence})."
    if unit := _unit(column, kind):
        facts += f" Unit: {unit}."
    return facts


def _unit(column: ColumnProfile, kind: str) -> str:
    """What numbers of the column are in, empty where that is not known."""
    if kind not in {"integer", "number"}:
        return ""
    return column.unit or (column.reading.unit if column.reading else None) or ""


def _blanks(column: ColumnProfile) -> str:
    """What is null in the product, though a text stands there."""
    return f", {column.blank_count:,} of them with blank text" if column.blank_count else ""


def _written(column: ColumnProfile) -> str | None:
    """How the dates of the column are written, in a contract's letters, where that is all there is to say."""
    if column.reading is None or len(column.sources) > 1 or column.missing:
        return None
    return column.reading.written


def _transform_logic(column: ColumnProfile, kind: str) -> str | None:
    """SQL over landing columns, where a plain cast is not enough."""
    if column.is_text_in_bytes and len(column.sources) == 1:
        return f"DECODE({quote_identifier(column.sources[0])})"
    if _written(column) or not (column.missing or (column.reading and kind != "string")):
        return None
    cells = [quote_identifier(source) for source in column.sources]
    cell = cells[0] if len(cells) == 1 else f"COALESCE({', '.join(f'CAST({c} AS VARCHAR)' for c in cells)})"
    if column.reading is None:
        return f"CASE WHEN {_is_missing(column, cell)} THEN NULL ELSE {cell} END"
    if column.missing:
        cell = f"CASE WHEN {_is_missing(column, cell)} THEN NULL ELSE TRIM({cell}) END"
        return column.reading.expression(cell) or cell
    return column.reading.expression(cell)


def _is_missing(column: ColumnProfile, cell: str) -> str:
    """SQL for whether `cell` stands for no value: by its text, or as a value of the type that it landed with."""
    words = sorted(word for word, _ in column.missing)
    if column.type is Scalar.VARCHAR:
        blank = ("",) if column.reading else ()
        return f"TRIM({cell}) IN ({', '.join(map(quote_literal, (*blank, *words)))})"
    values = words if is_number(column.type) else [f"{column.type} {quote_literal(word)}" for word in words]
    return f"{cell} IN ({', '.join(values)})"


def _is_never_negative(column: ColumnProfile, kind: str) -> bool:
    is_counted = bool(_NEVER_NEGATIVE & set(name_words(column.name)))
    return kind in {"integer", "number"} and is_counted and float(column.minimum or -1) >= 0


def _quality(profile: DatasetProfile, column: ColumnProfile, name: str, kind: str) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    is_sampled = profile.table is not None and profile.table.is_sample and column.reading is not None
    if (column.misfits or is_sampled) and kind != "string":
        # Rows whose value cannot be cast are set aside in the product's quarantine; with `error` nothing is built.
        rules.append(Flow(name=f"{name}_readable", metric="invalidValues", mustBe=0, severity="warning"))
    is_few = (
        column.values
        and not column.is_text_in_bytes
        and len(column.values) * _ENUMERATED_ROWS_PER_VALUE <= profile.row_count
    )
    # A list that has a value three times, in three spellings, is not what anybody means.
    is_spelled_once = not spellings(column.values)
    is_known = is_few and is_spelled_once and not column.personal and not is_identifier(column.name)
    if kind == "string" and is_known:
        rules.append(
            {
                "name": f"{name}_known",
                "metric": "invalidValues",
                "arguments": {"validValues": tuple(sorted(value for value, _ in column.values))},
                "mustBe": 0,
                "severity": "warning",
            }
        )
    return rules
