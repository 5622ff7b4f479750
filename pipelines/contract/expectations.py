"""Great Expectations' own expectations a contract may name: those that run inside the engine.

A plain table, so that reading a contract does not import Great Expectations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.contract.suggest import nearest

if TYPE_CHECKING:
    from pipelines.contract.model import Column

SUPPORTED = frozenset({"expect_column_values_to_be_between"})


def check_expectation(kind: str, kwargs: dict[str, Any], columns: tuple[Column, ...]) -> None:
    """Check that an expectation can run.

    Raises:
        ValueError: when its type does not run in the engine, or it names a column the product does not have.
    """
    if kind not in SUPPORTED:
        raise ValueError(
            f"expectation '{kind}' does not run in the engine. {nearest(kind, SUPPORTED) or ''}".strip()
        )
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    known = {column.name for column in columns}
    for name in [*named, *kwargs.get("column_list", [])]:
        if name not in known:
            raise ValueError(f"'{name}' is no column of the product")
