"""A linear model as SQL, so that an engine scores rows where they are: what Python would say of them, to 1e-6.

It is written once, in DuckDB's dialect, and said in Trino's as all SQL is (ADR 0012): arithmetic, CASE and date_diff.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.ml_assets.calibration import Curve
    from meshlake.ml_assets.linear_terms import LinearTerms, Term
    from meshlake.ml_assets.preprocessing import FeatureFrame
    from meshlake.ml_assets.scoring import ChurnModel

# Trino makes one program of a SELECT, which Java lets grow to so much and no more.
MOST_WRITTEN = 200
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MILLISECONDS_PER_DAY = 86_400_000


def scoring_sql(
    model: ChurnModel,
    rows_sql: str,
    passed: Sequence[str],
    called: str = "churn_probability",
    most_values: int | None = None,
) -> str | None:
    """A SELECT of `passed`, columns of `rows_sql`, and the probability, unrounded, as the column `called`.

    It is `None` if `model` is not linear, or has more than `most_values` that weigh something by themselves.
    The columns of `rows_sql` are to be of the types that the model learned from.

    Example:
        >>> scoring_sql(model, "SELECT * FROM crm.features", ["customer_id"])  # doctest: +SKIP
        'SELECT customer_id, 1e0 / (1e0 + exp(-(mesh_log_odds))) AS churn_probability FROM (...)'
    """
    from meshlake.ml_assets.linear_terms import linear_terms

    found = linear_terms(model)
    if found is None or (most_values is not None and found.value_count > most_values):
        return None
    names = ", ".join(map(quote_identifier, passed))
    log_odds = _log_odds(found, model.pipeline.named_steps["frame"])
    inner = f"SELECT {names}, {log_odds} AS mesh_log_odds FROM (\n{rows_sql}\n)"
    return f"SELECT {names}, {_probability(found.curve)} AS {called} FROM (\n{inner}\n)"


def _log_odds(found: LinearTerms, step: FeatureFrame) -> str:
    parts = step.parts or {}
    terms = [_number(found.intercept)]
    for name, term in found.terms.items():
        if name in parts:
            column, part = parts[name]
            terms.append(_part(column, part, term))
        elif term.slope is None:
            terms.append(_text(quote_identifier(name), term))
        else:
            terms.append(_of_number(_as_number(name, step), term))
    return "\n + ".join(terms)


def _as_number(name: str, step: FeatureFrame) -> str:
    cell, kind = quote_identifier(name), step.kinds[name]
    if kind == "boolean":
        return f"CAST(CAST({cell} AS BOOLEAN) AS DOUBLE)"
    if kind != "datetime":
        return f"CAST({cell} AS DOUBLE)"
    newest = (step.newest or {}).get(name)
    since = quote_literal(newest.replace("T", " ")) if newest else quote_identifier(str(step.cutoff))
    moments = f"CAST({cell} AS TIMESTAMP), CAST({since} AS TIMESTAMP)"
    return f"CAST(date_diff('millisecond', {moments}) AS DOUBLE) / {_number(_MILLISECONDS_PER_DAY)}"


def _of_number(cell: str, term: Term) -> str:
    """Infinite values are unknown, as a `FeatureFrame` has them."""
    other = _number(term.other)
    if term.weights:
        weights = (f"WHEN {_number(float(v))} THEN {_number(w)}" for v, w in term.weights.items())
        other = f"CASE {cell} {' '.join(weights)} ELSE {other} END"
    finite = f"{cell} > CAST('-Infinity' AS DOUBLE) AND {cell} < CAST('Infinity' AS DOUBLE)"
    known = f"{_number(term.slope or 0.0)} * {cell} + {other}"
    return f"CASE WHEN {finite} THEN {known} ELSE {_number(term.missing)} END"


def _text(cell: str, term: Term) -> str:
    weights = "".join(f" WHEN {quote_literal(str(v))} THEN {_number(w)}" for v, w in term.weights.items())
    from meshlake.ml_assets.preprocessing import MISSING

    # A text that says so is read as one that is missing, as a `FeatureFrame` reads it.
    missing = f"WHEN {quote_literal(MISSING)} THEN {_number(term.missing)}"
    known = f"CASE CAST({cell} AS VARCHAR) {missing}{weights} ELSE {_number(term.other)} END"
    return f"CASE WHEN {cell} IS NULL THEN {_number(term.missing)} ELSE {known} END"


def _part(column: str, part: str, term: Term) -> str:
    cell = quote_identifier(column)
    names, first = (_MONTHS, 1) if part == "month" else (_DAYS, 0)
    # Days since a Monday, of which those before it are negative.
    days = f"date_diff('day', DATE '1970-01-05', CAST({cell} AS DATE))"
    number = f"extract(MONTH FROM {cell})" if part == "month" else f"(({days} % 7) + 7) % 7"
    weights = (
        f"WHEN {position} THEN {_number(term.weights.get(name, term.other))}"
        for position, name in enumerate(names, first)
    )
    return f"CASE {number} {' '.join(weights)} ELSE {_number(term.missing)} END"


def _probability(curve: Curve | None) -> str:
    import numpy as np

    from meshlake.ml_assets.blend import log_odds

    if curve is None:
        return _sigmoid("mesh_log_odds")
    most = _number(log_odds(np.ones(1)).item())
    odds = f"greatest(-{most}, least({most}, mesh_log_odds))"
    if not curve.said:
        return _sigmoid(f"{_number(curve.slope)} * {odds} + {_number(curve.intercept)}")
    return f"CASE {' '.join(_lines(curve, odds))} ELSE {_number(curve.meant[-1])} END"


def _lines(curve: Curve, odds: str) -> Iterator[str]:
    yield f"WHEN {odds} <= {_number(curve.said[0])} THEN {_number(curve.meant[0])}"
    points = list(zip(curve.said, curve.meant, strict=True))
    for (low, meant), (high, then) in pairwise(points):
        slope = (then - meant) / (high - low)
        line = f"{_number(meant)} + {_number(slope)} * ({odds} - {_number(low)})"
        yield f"WHEN {odds} <= {_number(high)} THEN {line}"


def _sigmoid(log_odds: str) -> str:
    return f"1e0 / (1e0 + exp(-({log_odds})))"


def _number(value: Any) -> str:
    """As DOUBLE in both engines, of which a number without an exponent is a decimal."""
    text = repr(float(value))
    text = text if "e" in text else f"{text}e0"
    return f"({text})" if text.startswith("-") else text
