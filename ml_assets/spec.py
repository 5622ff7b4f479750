"""What a model is asked to do, read from a `model.yaml` mapping and checked.

Only what `ml_assets` acts upon is kept; the platform's own keys (`features`, `retrain_cron`) are accepted and
left to it. No scikit-learn here, so that a specification can be checked without importing it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from meshlake.ml_assets.candidates.candidate import CANDIDATES, DEFAULT_CANDIDATES


class Scale(StrEnum):
    """How a segmentation column is measured: as it is, or by its logarithm (amounts and counts)."""

    LOG = "log"
    LINEAR = "linear"


_Choice = TypeVar("_Choice", bound=StrEnum)
_PLATFORM_KEYS = ("features",)
_PLATFORM_POLICY_KEYS = ("retrain_cron",)


@dataclass(frozen=True)
class ChurnSpec:
    """A churn model: which column is the label, which are no features, and how the winner is chosen.

    `exclude` maps a column left out to the reason. Exactly one of `flag_share` (flag the most likely share)
    and `threshold` (flag from this probability on) is set.
    """

    key: tuple[str, ...]
    label: str
    cutoff: str | None = None
    exclude: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = DEFAULT_CANDIDATES
    folds: int = 5
    seed: int = 42
    flag_share: float | None = 0.1
    threshold: float | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> ChurnSpec:
        """Read a `model.yaml` mapping with `task: churn`.

        Raises:
            ValueError: naming the key that is missing, unknown or wrong, and what is allowed.
        """
        _refuse_unknown(mapping, ("task", "key", "label", "cutoff", "exclude", "policy", *_PLATFORM_KEYS), "")
        _expect_task(mapping, "churn")
        policy = _mapping(mapping, "policy", "policy")
        _refuse_unknown(
            policy,
            ("candidates", "folds", "seed", "flag_share", "threshold", *_PLATFORM_POLICY_KEYS),
            "policy.",
        )
        flag_share, threshold = _flag_policy(policy)
        spec = cls(
            key=_names(mapping, "key"),
            label=_text(mapping, "label"),
            cutoff=_text(mapping, "cutoff") if mapping.get("cutoff") is not None else None,
            exclude=_exclusions(mapping),
            candidates=_candidates(policy),
            folds=_integer(policy, "folds", 5, minimum=2),
            seed=_integer(policy, "seed", 42, minimum=0),
            flag_share=flag_share,
            threshold=threshold,
        )
        if spec.label in spec.key or spec.label == spec.cutoff or spec.cutoff in spec.key:
            raise ValueError("'key', 'label' and 'cutoff' must name different columns")
        return spec


@dataclass(frozen=True)
class SegmentSpec:
    """A segmentation: the columns customers are compared by, and how many segments may come of it."""

    key: tuple[str, ...]
    columns: Mapping[str, Scale]
    k_min: int = 3
    k_max: int = 6
    seed: int = 42

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> SegmentSpec:
        """Read a `model.yaml` mapping with `task: segments`.

        Raises:
            ValueError: naming the key that is missing, unknown or wrong, and what is allowed.
        """
        _refuse_unknown(mapping, ("task", "key", "columns", "policy", *_PLATFORM_KEYS), "")
        _expect_task(mapping, "segments")
        policy = _mapping(mapping, "policy", "policy")
        _refuse_unknown(policy, ("k_min", "k_max", "seed", *_PLATFORM_POLICY_KEYS), "policy.")
        columns = {
            name: _one_of(Scale, scale, f"columns.{name}")
            for name, scale in _mapping(mapping, "columns", "columns").items()
        }
        if not columns:
            raise ValueError("'columns' is missing: name the columns to compare by, each 'log' or 'linear'")
        k_min = _integer(policy, "k_min", 3, minimum=2)
        k_max = _integer(policy, "k_max", max(6, k_min), minimum=2)
        if k_max < k_min:
            raise ValueError(
                f"'policy.k_max' is {k_max}; it must be at least 'policy.k_min', which is {k_min}"
            )
        return cls(_names(mapping, "key"), columns, k_min, k_max, _integer(policy, "seed", 42, minimum=0))


def close_match(name: str, allowed: tuple[str, ...]) -> str:
    """` Did you mean 'x'?` for the name in `allowed` nearest to `name`, or nothing."""
    near = difflib.get_close_matches(name, allowed, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _refuse_unknown(mapping: Mapping[str, Any], allowed: tuple[str, ...], prefix: str) -> None:
    for name in mapping:
        if name not in allowed:
            raise ValueError(
                f"'{prefix}{name}' is not known.{close_match(str(name), allowed)} "
                f"Allowed: {', '.join(allowed)}"
            )


def _expect_task(mapping: Mapping[str, Any], task: str) -> None:
    if mapping.get("task", task) != task:
        raise ValueError(f"'task' is {mapping['task']!r}; it must be '{task}' here")


def _mapping(mapping: Mapping[str, Any], key: str, path: str) -> Mapping[str, Any]:
    value = mapping.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"'{path}' is {value!r}; it must be a mapping of names to values")
    return value


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    if value is None:
        raise ValueError(f"'{key}' is missing: name one column")
    if not isinstance(value, str) or not value:
        raise ValueError(f"'{key}' is {value!r}; it must be the name of one column")
    return value


def _names(mapping: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = mapping.get(key)
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"'{key}' is {value!r}; it must be a column name or a list of column names")
    if len(set(names)) != len(names):
        raise ValueError(f"'{key}' is {value!r}; it names a column twice")
    return tuple(names)


def _integer(policy: Mapping[str, Any], key: str, default: int, minimum: int) -> int:
    value = policy.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise ValueError(f"'policy.{key}' is {value!r}; it must be a whole number of at least {minimum}")
    return value


def _share(policy: Mapping[str, Any], key: str) -> float | None:
    value = policy.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"'policy.{key}' is {value!r}; it must be a number between 0 and 1, both excluded")
    return float(value)


def _flag_policy(policy: Mapping[str, Any]) -> tuple[float | None, float | None]:
    flag_share, threshold = _share(policy, "flag_share"), _share(policy, "threshold")
    if flag_share is not None and threshold is not None:
        raise ValueError("'policy.flag_share' and 'policy.threshold' are both given; keep one of them")
    if flag_share is None and threshold is None:
        flag_share = 0.1
    return flag_share, threshold


def _one_of(choices: type[_Choice], value: Any, path: str) -> _Choice:
    allowed = tuple(str(choice) for choice in choices)
    if value not in allowed:
        raise ValueError(
            f"'{path}' is {value!r}.{close_match(str(value), allowed)} Allowed: {', '.join(allowed)}"
        )
    return choices(value)


def _candidates(policy: Mapping[str, Any]) -> tuple[str, ...]:
    value = policy.get("candidates", list(DEFAULT_CANDIDATES))
    if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
        raise ValueError(
            f"'policy.candidates' is {value!r}; it must list, once each, some of: {', '.join(CANDIDATES.names)}"
        )
    for name in value:
        if name not in CANDIDATES.names:
            raise ValueError(
                f"'policy.candidates' is {name!r}.{close_match(str(name), CANDIDATES.names)} "
                f"Allowed: {', '.join(CANDIDATES.names)}"
            )
    return tuple(value)


def _exclusions(mapping: Mapping[str, Any]) -> dict[str, str]:
    exclude = _mapping(mapping, "exclude", "exclude")
    for column, reason in exclude.items():
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(
                f"'exclude.{column}' is {reason!r}; it must say in words why the column is left out"
            )
    return dict(exclude)
