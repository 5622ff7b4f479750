"""Candidates compared on the same folds, the cheapest first, within the time that a policy allows.

Time is the processor's, so that a machine that is busy with other work compares no less. What is not compared, for want
of time or since an algorithm cannot learn from so few rows, is told, and stands in the record of the version.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from meshlake.ml_assets.cross_validation import OutOfTimeError, cross_validate
from meshlake.ml_assets.ensembles import blend
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.search import search, with_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.cross_validation import CandidateResult
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec

_SECONDS_PER_MINUTE = 60
Result = TypeVar("Result")


@dataclass(frozen=True)
class Competition:
    """The candidates that were compared, why others were not, by name, nor searched for parameters, and on what."""

    candidates: tuple[CandidateResult, ...]
    left_out: Mapping[str, str]
    features: Features

    def found(self, spec: ChurnSpec) -> ChurnSpec:
        """`spec` with the parameters that were searched for."""
        searched = {c.algorithm: c.searched.parameters for c in self.candidates if c.searched}
        return with_parameters(spec, searched)


def compete(
    plan: FeaturePlan,
    rows: pd.DataFrame,
    folds: npt.NDArray[np.int64],
    spec: ChurnSpec,
    tell: Callable[[str], None],
    clock: Callable[[], float] = time.process_time,
) -> Competition:
    """Compare the candidates of `spec` on labelled `rows`, and ensembles of those that were compared.

    With `spec.search` parameters of each are searched for in the time that is then left, the best candidate first.

    Args:
        plan: what the features are.
        rows: labelled rows.
        folds: the fold in which each row is predicted, shape (n,).
        spec: which candidates, and `minutes`.
        tell: called with a line before each candidate, and with what is left out.
        clock: the seconds spent until now.

    Raises:
        ValueError: when no candidate can learn from the rows: what the first of them said.
    """
    features = Features.of(rows, plan, spec)

    def run(name: str, seconds_left: Callable[[], float] | None) -> CandidateResult:
        return cross_validate(name, plan, features, folds, spec, tell, seconds_left)

    end = clock() + spec.minutes * _SECONDS_PER_MINUTE if spec.search else 0.0
    found, left_out = compare_in_time(spec.algorithms, spec.minutes, run, tell, clock)
    if spec.search:
        found.sort(key=lambda candidate: candidate.out_of_fold["log_loss"])
        for place, candidate in enumerate(found):
            try:
                found[place] = search(candidate, plan, features, folds, spec, tell, lambda: end - clock())
            except OutOfTimeError:
                left_out[f"a search for parameters of {candidate.algorithm}"] = _no_time(spec.minutes)
    if len(found) > 1:
        found += [blend(name, tuple(found), rows, folds, spec) for name in spec.ensembles]
    return Competition(tuple(found), left_out, features)


def compare_in_time(
    names: Iterable[str],
    minutes: float,
    run: Callable[[str, Callable[[], float] | None], Result],
    tell: Callable[[str], None],
    clock: Callable[[], float] = time.process_time,
) -> tuple[list[Result], dict[str, str]]:
    """What `run` gives of each of `names`, and why others gave nothing.

    The first one is compared whatever it takes. Another is not begun when the time is over, and given up after a fold
    when those that are left would take longer than what is left.

    Args:
        names: the candidates, the cheapest first.
        minutes: of one processor, for all of them.
        run: cross-validates one, within the seconds that are left if that is given; see `cross_validate`.
        tell: called with what is left out.
        clock: the seconds spent until now.

    Raises:
        ValueError: when no candidate can learn from the rows: what the first of them said.
    """
    found: list[Result] = []
    left_out: dict[str, str] = {}
    refusals: list[ValueError] = []
    end = clock() + minutes * _SECONDS_PER_MINUTE
    for name in names:
        try:
            found.append(run(name, (lambda: end - clock()) if found else None))
            continue
        except OutOfTimeError:
            left_out[name] = _no_time(minutes)
        except ValueError as error:
            left_out[name] = str(error)
            refusals.append(error)
        tell(f"{name} is left out: {left_out[name]}")
    if not found:
        raise refusals[0]
    return found, left_out


def _no_time(minutes: float) -> str:
    return f"no time was left of {minutes:g} minutes (policy.minutes)"
