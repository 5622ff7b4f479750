"""What a product's folder says, with what is known of it, as JSON-able facts: columns, and rules with their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.column import Column
    from meshlake.products.classification import Classified
    from meshlake.products.lineage import ColumnLineage
    from meshlake.rules.rule import Rule

_RESULT = ("is_passed", "observed", "failing_rows", "message", "checked_at")


def column_facts(
    columns: Iterable[Column], lineage: Mapping[str, ColumnLineage], classified: Mapping[str, Classified]
) -> list[dict[str, Any]]:
    """Each column, where it comes from, and what it is classified as, by its contract or by that."""
    return [
        {
            "name": column.name,
            "type": str(column.type),
            "is_required": column.is_required,
            "description": column.description,
            "classification": classified[column.name].word,
            "classified_from": classified[column.name].inherited_names,
            "derived_from": [str(each) for each in classified[column.name].derived_from],
            "tags": list(column.tags),
            "lineage": lineage[column.name].as_dict(),
        }
        for column in columns
    ]


def check_facts(rules: Iterable[Rule], ran: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each rule, and what it said of the version that is published; None where it was not run on that."""
    recorded = {
        check["check_name"]: {**check, "checked_at": f"{check['checked_at']:%Y-%m-%d %H:%M:%S}"}
        for check in ran
    }
    return [
        {
            "name": rule.name,
            "kind": rule.kind,
            "severity": rule.severity.value,
            "description": rule.description,
            **{key: recorded.get(rule.name, {}).get(key) for key in _RESULT},
        }
        for rule in rules
    ]
