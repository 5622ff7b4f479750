"""Which rows a model of time to an event may learn from: how long each was followed, their folds, and times told of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.calendar_parts import as_datetimes
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.preprocessing import Kind, kind_of
from meshlake.ml_assets.regression.rows import read_amounts
from meshlake.ml_assets.survival.censored import Followed
from meshlake.ml_assets.survival.spec import LADDERS
from meshlake.ml_assets.training_rows import deal_groups, labelled_rows, require_columns

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.survival.spec import SurvivalSpec

FEWEST_ROWS = 40
_FEWEST_EVENTS = 20
# So many rows, and this share of all, have to be followed for as long as anything is told of.
_FEWEST_AT_RISK, _LEAST_SHARE = 20, 0.01
_MOST_PERIODS = 20
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Times:
    """The ends of the periods that are learned of, and the horizons, which are among them; both from small to large."""

    edges: tuple[float, ...]
    horizons: tuple[int, ...]


def survival_rows(features: pd.DataFrame, spec: SurvivalSpec) -> pd.DataFrame:
    """The rows of which it is known whether the event has come and how long they were followed, sorted by key.

    Raises:
        ValueError: when a column is missing, or holds what it may not, or too little is left to learn from.
    """
    require_columns(features, spec.time_columns)
    rows = labelled_rows(features, spec)
    if spec.cutoff and rows[spec.cutoff].nunique() > 1:
        raise ValueError(
            f"rows are of {rows[spec.cutoff].nunique()} cut-offs ('{spec.cutoff}'): how long it takes is learned of "
            "one row for each key; choose those of one cut-off in 'features'"
        )
    if not len(rows):
        raise ValueError(f"the label '{spec.label}' is null in every row: nothing to learn from")
    duration = durations_of(rows, spec)
    is_open = ~rows[spec.label].to_numpy(dtype=bool)
    if is_open.any() and duration[is_open].isna().all():
        column = spec.duration or spec.end
        raise ValueError(
            f"of none of the {is_open.sum():,} rows where '{spec.label}' has not come '{column}' says how long that "
            "was seen, and of the others alone it would seem to come soon; fill it in, or name the day under 'cutoff'"
        )
    rows = rows[duration.notna()].reset_index(drop=True)
    _require_enough(followed_of(rows, spec), spec)
    return rows


def durations_of(rows: pd.DataFrame, spec: SurvivalSpec) -> pd.Series[float]:
    """How long each row was followed, in `spec.unit`; NaN where nothing says it.

    Raises:
        ValueError: it is no number or date, or below 0.
    """
    if spec.duration:
        found = _numbers(rows[spec.duration])
        if wrong := int((found < 0).sum()):
            raise ValueError(
                f"'{spec.duration}' is below 0 in {wrong:,} of {len(rows):,} rows, the least {found.min():g}: nobody "
                "is followed for less than no time"
            )
        return found
    start, end = (_dates(rows[str(name)]) for name in (spec.start, spec.end))
    if spec.cutoff:
        # Of an event nobody says when it came: that is not known from when the rows were taken.
        is_open = end.isna() & ~_is_so(rows, spec)
        end = end.where(~is_open, _dates(rows[spec.cutoff]))
    days: pd.Series[float] = (end - start).dt.total_seconds() / _SECONDS_PER_DAY
    if wrong := int((days < 0).sum()):
        raise ValueError(
            f"'{spec.start}' lies after '{spec.end}' in {wrong:,} of {len(rows):,} rows, by up to {-days.min():g} "
            "days: nobody is followed before the start"
        )
    return days.astype(np.float64)


def followed_of(rows: pd.DataFrame, spec: SurvivalSpec) -> Followed:
    """What came of rows that `survival_rows` gives."""
    duration = np.asarray(durations_of(rows, spec), dtype=np.float64)
    return Followed(duration, rows[spec.label].to_numpy(dtype=bool))


def times_of(followed: Followed, spec: SurvivalSpec) -> Times:
    """As far as enough rows were followed: the horizons, and periods of like numbers of events.

    Raises:
        ValueError: the horizons asked for lie beyond, or all of the common ones do.
    """
    reach = reach_of(followed)
    beyond = [horizon for horizon in spec.horizons if horizon > reach]
    horizons = spec.horizons or tuple(each for each in LADDERS[spec.unit] if each <= reach)
    if beyond or not horizons:
        asked = (
            f"asks for {beyond[-1]} {spec.unit}"
            if beyond
            else f"is not given, and would be {LADDERS[spec.unit]}"
        )
        raise ValueError(
            f"'policy.horizons' {asked}; enough rows were followed for {reach:g} {spec.unit} at most "
            f"({_needed(followed):,} have to be)"
        )
    came = followed.duration[followed.is_event & (followed.duration <= reach)]
    shares = np.linspace(0, 1, _MOST_PERIODS + 1)[1:]
    ends = {*np.quantile(came, shares, method="higher").tolist()} if len(came) else set()
    edges = sorted(each for each in {*ends, *map(float, horizons), reach} if each > 0)
    if len(edges) < 2:
        raise ValueError(
            f"all that happens lies within {reach:g} {spec.unit}, one period: a smaller unit would tell more"
        )
    return Times(tuple(edges), horizons)


def reach_of(followed: Followed) -> float:
    """How long enough rows were followed for anything to be told of it: 20 of them, and 1 %; of fewer rows all of them.

    Example:
        >>> reach_of(Followed(np.arange(100.0), np.zeros(100, dtype=bool)))
        80.0
    """
    return float(np.sort(followed.duration)[-_needed(followed)])


def survival_folds(rows: pd.DataFrame, spec: SurvivalSpec) -> npt.NDArray[np.int64]:
    """The fold, 0 to `spec.folds` - 1, in which each row is predicted: shape (n,).

    Rows of one group, or key, stay in one fold; each fold is dealt events and others, and long and short durations.

    Raises:
        ValueError: when there are fewer groups with an event than folds.
    """
    groups, followed = groups_by(rows, spec), followed_of(rows, spec)
    events = np.bincount(groups, weights=followed.is_event)
    if (found := int((events > 0).sum())) < spec.folds:
        told = "groups" if spec.group else "keys"
        raise ValueError(
            f"{found} different {told} have an event, too few for {spec.folds} folds; lower 'policy.folds'"
        )
    return deal_groups(groups, (np.bincount(groups, weights=followed.duration), events), spec)


def time_warnings(features: pd.DataFrame, followed: Followed, times: Times, spec: SurvivalSpec) -> list[str]:
    """What is told of rows that say little."""
    unknown = int((features[spec.label].notna() & durations_of(features, spec).isna()).sum())
    at_once = int(((followed.duration == 0) & ~followed.is_event).sum())
    reach = times.edges[-1]
    later = int((followed.is_event & (followed.duration > reach)).sum())
    told = {
        f"of {unknown:,} rows it is known whether the event came, and not after how long; they teach nothing": unknown,
        f"{at_once:,} rows were followed for 0 {spec.unit}; they teach nothing": at_once,
        f"{later:,} events came after more than {reach:g} {spec.unit}, up to which enough rows were followed; that "
        "they were there until then is learned": later,
    }
    return [words for words, count in told.items() if count]


def _is_so(rows: pd.DataFrame, spec: SurvivalSpec) -> pd.Series[bool]:
    return rows[spec.label].astype("boolean").fillna(value=False).astype(bool)


def _numbers(values: pd.Series[Any]) -> pd.Series[float]:
    try:
        return read_amounts(values)
    except ValueError as error:
        told = str(error).partition(";")[0] if "task: churn" in str(error) else str(error)
        raise ValueError(told.replace("the label", "the duration", 1)) from error


def _dates(values: pd.Series[Any]) -> pd.Series[Any]:
    if values.notna().any() and kind_of(values) is not Kind.DATETIME:
        examples = ", ".join(repr(value) for value in values.dropna().unique()[:3].tolist())
        raise ValueError(f"'{values.name}' must be a date or null; it holds {examples}")
    return as_datetimes(values)


def _needed(followed: Followed) -> int:
    return max(_FEWEST_AT_RISK, int(np.ceil(_LEAST_SHARE * len(followed.duration))))


def _require_enough(followed: Followed, spec: SurvivalSpec) -> None:
    rows, events = len(followed.duration), int(followed.is_event.sum())
    if rows < FEWEST_ROWS:
        raise ValueError(
            f"of {rows} rows it is known whether '{spec.label}' came, and after how long; {FEWEST_ROWS} are needed"
        )
    if not events:
        raise ValueError(
            f"the label '{spec.label}' is false in all {rows:,} rows: the event never came, so none tells when it does"
        )
    if events < _FEWEST_EVENTS:
        raise ValueError(
            f"'{spec.label}' came in {events} of {rows:,} rows; {_FEWEST_EVENTS} are needed to learn when it does"
        )
    if np.ptp(followed.duration) == 0:
        raise ValueError(
            f"all {rows:,} rows were followed for {followed.duration[0]:g} {spec.unit}: nothing to learn from of when "
            "the event comes; task: churn says whether it does"
        )
