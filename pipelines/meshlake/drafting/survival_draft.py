"""Drafting a product of how long it takes until a yes/no column is so: `model.yaml`, and its contract.

What a model is and how it is measured is told in `ml_assets.survival`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from meshlake.drafting.churn_draft import Asked, features_with, label_value, leaks_of
from meshlake.drafting.contract_document import Description, column_facts
from meshlake.drafting.feature_table import FeatureTable, open_features
from meshlake.drafting.model_document import (
    BOOLEAN,
    NUMBER,
    cutoff_facts,
    exclusions,
    label_and_key,
    labelled_document,
    reason_facts,
    scores_contract,
)
from meshlake.drafting.product_folder import Drafted, default_owner, product_folder, write_product
from meshlake.errors import UsageError
from meshlake.ml_assets.hazards.hazard import DEFAULT_HAZARDS
from meshlake.ml_assets.survival.spec import LADDERS
from meshlake.names import quote_identifier
from meshlake.types.tree import is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.survival.censored import Followed
    from meshlake.names import ProductName
    from meshlake.settings import Settings

_EVENT = Asked("label", "that it has come", "--label", "--event")
_SAMPLE_ROWS = 50_000


@dataclass(frozen=True)
class Event:
    """What was asked for, as it was written; see `Mesh.model_survival`."""

    label: str
    event: str | None = None
    duration: str | None = None
    start: str | None = None
    end: str | None = None
    unit: str = "days"

    def times(self, table: FeatureTable) -> dict[str, str]:
        """The columns that say how long rows were followed, by what `model.yaml` calls them.

        Raises:
            UsageError: none do, or what they hold is no time.
        """
        given = {"duration": self.duration, "start": self.start, "end": self.end}
        named = {name: table.column(column) for name, column in given.items() if column}
        if set(named) not in ({"duration"}, {"start", "end"}):
            raise UsageError(
                "How long rows were followed is not told",
                "Name a column of numbers with --duration COL, or two of dates with --start COL and --end COL.",
            )
        if self.unit not in LADDERS or (self.unit != "days" and "start" in named):
            allowed = ", ".join(LADDERS) if "duration" in named else "days from --start to --end"
            raise UsageError(f"--unit is '{self.unit}'", f"It is {allowed}.")
        for name, column in named.items():
            kind = table.columns[column]
            if not (is_number(kind) if name == "duration" else is_moment(kind)):
                what = "number" if name == "duration" else "date"
                raise UsageError(
                    f"{table.name}: '{column}' is {kind}, no {what}", f"Choose another with --{name}."
                )
        return named


def draft_survival(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    asked: Event,
    key: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: how likely each row of product `source` is to be without the event after fixed times.

    Raises:
        UsageError: a column or value that there is not, one that is not two-valued or no time, no key, rows that tell
            nothing of when, or a folder that is there.
    """
    product_folder(settings.products, name)
    with open_features(settings, source) as table:
        label, keys = label_and_key(table, asked.label, key)
        times = asked.times(table)
        if taken := {*times.values()} & {*keys, label}:
            raise UsageError(
                f"'{min(taken)}' is the key or the label, so it is no time that rows were followed",
                "Choose another column.",
            )
        event, (came, not_yet) = label_value(table, label, asked.event, _EVENT)
        model = {**times, **({"unit": asked.unit} if asked.duration else {})}
        followed, horizons = _followed(table, label, event, keys, model)
        exclude = exclusions(
            table, label, (*keys, *times.values()), _leaks(table, label, event, keys, followed)
        )
        document = _model(table, label, event, keys, exclude, model, horizons)
        contract = _contract(table, name, label, keys, horizons, asked.unit, owner or default_owner())
    notes = [
        f"label: {label} = {event}, {came:,} of {came + not_yet:,} rows ({came / (came + not_yet):.1%}); the others "
        "are those where it has not come yet",
        f"followed: {' to '.join(times.values())}, in {asked.unit}",
        f"asked for: still there after {', '.join(map(str, horizons))} {asked.unit} (policy.horizons)",
        f"key: {', '.join(keys)}",
        *(f"left out: {column}: {reason}" for column, reason in exclude.items()),
        "features should be as they were when rows began to be followed: what grows or changes with time since then "
        "tells of it",
    ]
    return write_product(settings, name, contract, document, notes)


def _followed(
    table: FeatureTable, label: str, event: str, keys: tuple[str, ...], times: Mapping[str, Any]
) -> tuple[Callable[[pd.DataFrame], tuple[pd.DataFrame, Followed]], tuple[int, ...]]:
    """What tells of rows how long they were followed, and the horizons that those of `table` reach.

    Raises:
        UsageError: they tell nothing of when the event comes.
    """
    from meshlake.ml_assets.survival.rows import followed_of, survival_rows, times_of
    from meshlake.ml_assets.survival.spec import SurvivalSpec

    spec = SurvivalSpec(key=keys, label=label, cutoff=table.cutoff, **times)

    def followed(rows: pd.DataFrame) -> tuple[pd.DataFrame, Followed]:
        is_event = (rows[label].astype("string").str.lower() == event.lower()).to_numpy(dtype=bool)
        known = survival_rows(rows.assign(**{label: is_event}), spec)
        return known, followed_of(known, spec)

    try:
        _, found = followed(table.sample(label, _SAMPLE_ROWS))
        return followed, times_of(found, replace(spec, horizons=())).horizons
    except ValueError as error:
        raise UsageError(
            f"{table.name}: {error}", "Mend it in a product of SQL, or choose other columns."
        ) from error


def _leaks(
    table: FeatureTable,
    label: str,
    event: str,
    keys: tuple[str, ...],
    followed: Callable[[pd.DataFrame], tuple[pd.DataFrame, Followed]],
) -> Callable[[pd.DataFrame, Sequence[str]], dict[str, str]]:
    """What tells of rows and columns which of these know the event, or how long rows were followed, and how."""

    def leaks(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, str]:
        from meshlake.ml_assets.survival.disguised import disguised_durations

        known, times = followed(rows)
        told = disguised_durations(known, columns, times)
        left = [name for name in columns if name not in told]
        return told | leaks_of(table, label, event, keys)(rows, left)

    return leaks


def _model(
    table: FeatureTable,
    label: str,
    event: str,
    keys: tuple[str, ...],
    exclude: dict[str, str],
    times: Mapping[str, Any],
    horizons: tuple[int, ...],
) -> dict[str, Any]:
    policy = {"candidates": DEFAULT_HAZARDS, "folds": 5, "seed": 42, "horizons": list(horizons)}
    features = features_with(table, {label: event})
    model = labelled_document("survival", features, table, label, keys, exclude, policy)
    first = {name: model.pop(name) for name in ("task", "features", "key", "label")}
    return {**first, **times, **model}


def _contract(
    table: FeatureTable,
    name: ProductName,
    label: str,
    keys: tuple[str, ...],
    horizons: tuple[int, ...],
    unit: str,
    owner: str,
) -> dict[str, Any]:
    from meshlake.ml_assets.survival.model import followed_column, survival_columns

    from_start, from_now = survival_columns(horizons, unit)
    share: dict[str, Any] = {"minimum": 0, "maximum": 1}
    some: dict[str, Any] = {"minimum": 0, "is_required": False}
    scores = [
        *cutoff_facts(table),
        *(
            column_facts(
                column, NUMBER, f"Chance that {label} has not come {each} {unit} after the start.", **share
            )
            for column, each in zip(from_start, horizons, strict=True)
        ),
        *(
            column_facts(
                column,
                NUMBER,
                f"Chance that {label} does not come in the next {each} {unit}, of a row where it had not come; null of "
                "others, and where no row was followed for so long.",
                maximum=1,
                **some,
            )
            for column, each in zip(from_now, horizons, strict=True)
        ),
        column_facts(
            f"mean_{unit}",
            NUMBER,
            f"The {unit} without {label}, on average, as far as rows were followed.",
            minimum=0,
        ),
        column_facts(
            f"median_{unit}",
            NUMBER,
            f"After how many {unit} {label} has come for half of such rows; null where rows were not followed for so "
            "long.",
            **some,
        ),
        column_facts(
            followed_column(unit),
            NUMBER,
            f"For how many {unit} it had been followed when its chance of the next ones was said; null where none was.",
            **some,
        ),
        column_facts("is_labelled", BOOLEAN, f"Whether it is known if {label} has come."),
        *reason_facts("What makes the time longer or shorter, and by how much", "null where nothing does"),
    ]
    description = Description(
        purpose=f"How long it takes until {label} for every row of {table.name}.",
        usage=f"Join to {table.name} on {', '.join(keys)}; act on the chances of the next {unit}, the lowest first.",
        limitations="A chance, not a date. Rows that were learned from carry the prediction of a model that had not "
        "seen them. It holds as far as rows are not lost from sight because they were about to go, and features are as "
        "they were at the start.",
    )
    cells = [quote_identifier(column) for column in from_start]
    falls = " AND ".join(f"{one} >= {later}" for one, later in pairwise(cells))
    rule = {
        "name": "nobody_comes_back",
        "type": "sql",
        "description": "The chance that it has not come falls with time.",
        "query": f"SELECT COUNT(*) FROM {{object}} WHERE NOT ({falls})",
        "mustBe": 0,
    }
    rules = [rule] if falls else []
    return scores_contract(name, owner, "predictions", description, table, keys, scores, rules)
