"""Great Expectations' own expectations a contract may name: those that run inside the engine.

A plain table, so that reading a contract does not import Great Expectations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.rules.bounds import Bounds
from meshlake.rules.facts import FactError, UnheldError
from meshlake.rules.measure import AuditedTable, Expected
from meshlake.rules.quality_rule import QualityRule
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_data_contract_standard.model import DataQuality

    from meshlake.column import Column

SUPPORTED = frozenset(
    {
        "expect_column_distinct_values_to_be_in_set",
        "expect_column_distinct_values_to_contain_set",
        "expect_column_distinct_values_to_equal_set",
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_max_to_be_between",
        "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between",
        "expect_column_min_to_be_between",
        "expect_column_most_common_value_to_be_in_set",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_to_be_in_set",
        "expect_column_proportion_of_non_null_values_to_be_between",
        "expect_column_proportion_of_unique_values_to_be_between",
        "expect_column_quantile_values_to_be_between",
        "expect_column_stdev_to_be_between",
        "expect_column_sum_to_be_between",
        "expect_column_to_exist",
        "expect_column_unique_value_count_to_be_between",
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_value_z_scores_to_be_less_than",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_not_be_null",
        "expect_compound_columns_to_be_unique",
        "expect_multicolumn_sum_to_equal",
        "expect_select_column_values_to_be_unique_within_record",
        "expect_table_column_count_to_be_between",
        "expect_table_column_count_to_equal",
        "expect_table_columns_to_match_ordered_list",
        "expect_table_columns_to_match_set",
        "expect_table_row_count_to_be_between",
        "expect_table_row_count_to_equal",
        "unexpected_rows_expectation",
    }
)
# What the contract itself says better, and runs in the engine.
_INSTEAD = {"regex": "logicalTypeOptions: {pattern: ...}", "type": "logicalType or physicalType"}


class Expectation(QualityRule):
    """An expectation that Great Expectations runs. Arguments: its `type`, and the `kwargs` it takes."""

    kind: ClassVar[str] = "expectation"
    quality_type: ClassVar[str | None] = "custom"

    @classmethod
    def read_arguments(
        cls, item: DataQuality, column: Column | None, columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        engine = (item.engine or "").lower().replace("-", "").replace("_", "")
        if engine != "greatexpectations":
            told = f"engine '{item.engine}' is not run" if item.engine else "it names no engine"
            raise UnheldError("engine", told, "Use engine: greatExpectations, or meshlake.")
        implementation = item.implementation
        if not isinstance(implementation, dict) or not isinstance(implementation.get("type"), str):
            hint = "Write implementation: {type: expect_..., kwargs: {...}}."
            raise FactError("implementation", "the expectation has no type", hint)
        given = implementation.get("kwargs") or {}
        if not isinstance(given, dict):
            hint = "Write implementation: {type: expect_..., kwargs: {...}}."
            raise FactError("implementation", f"kwargs {given!r} are no mapping of names to values", hint)
        kwargs = dict(given)
        if column is not None:
            kwargs.setdefault("column", column.name)
        try:
            check_expectation(implementation["type"], kwargs, columns)
        except ValueError as error:
            hint = "docs/how-to/adding-a-product.md lists what runs in the engine; checks/*.sql can say anything."
            raise FactError("implementation", str(error), hint) from error
        return {"type": implementation["type"], "kwargs": kwargs}

    @classmethod
    def read_bounds(cls, item: DataQuality) -> Bounds:  # it has its own, in its kwargs
        return Bounds()

    @classmethod
    def default_word(cls, arguments: Mapping[str, Any]) -> str:
        return str(arguments["type"])

    def measure(self, table: AuditedTable) -> Expected:
        return Expected(self.arguments["type"], self.arguments["kwargs"])

    def message(self, observed: float | str | None, failing_rows: int | None, *, is_passed: bool) -> str:
        if failing_rows is not None and not is_passed:
            return super().message(observed, failing_rows, is_passed=False)
        if observed is None:
            return "as expected" if is_passed else "not as expected"
        return str(observed)


def check_expectation(kind: str, kwargs: dict[str, Any], columns: tuple[Column, ...]) -> None:
    """Check that an expectation can run.

    Raises:
        ValueError: when its type does not run in the engine, or it names a column the product does not have.
    """
    if kind not in SUPPORTED:
        instead = next(
            (f"State it as {said}." for word, said in _INSTEAD.items() if f"_{word}" in kind), None
        )
        hint = instead or nearest(kind, SUPPORTED) or ""
        raise ValueError(f"expectation '{kind}' does not run in the engine. {hint}".strip())
    if kind == "unexpected_rows_expectation" and "{batch}" not in str(kwargs.get("unexpected_rows_query")):
        raise ValueError("unexpected_rows_query does not read {batch}, which stands for the rows")
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    known = {column.name for column in columns}
    listed = kwargs.get("column_list") or []
    if not isinstance(listed, list):
        raise ValueError(f"column_list {listed!r} is not a list")
    for name in [*named, *listed]:
        if not isinstance(name, str) or name not in known:
            raise ValueError(f"'{name}' is no column of the product")
