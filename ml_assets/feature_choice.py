"""Which columns a model may learn from: what looks as if it was known only after the label is left out.

Each suspect has its evidence in words, and its owner's word (`known_before`) lets it in. What makes one belongs in
`leaks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.leaks.jump import TIME_SHARE, find_jumps
from meshlake.ml_assets.leaks.one_feature import suspected_leaks
from meshlake.ml_assets.leaks.scored import vanishing_leaks
from meshlake.ml_assets.preprocessing import plan_features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec


@dataclass(frozen=True)
class Suspects:
    """What each column is suspected by, in words, those kept all the same among them; and whether all were asked.

    Those `watched` are learned from, as what speaks against them is not sure.
    """

    told: Mapping[str, str]
    is_complete: bool = True
    watched: Mapping[str, str] = field(default_factory=dict)

    def warnings(self, spec: LabelledSpec) -> list[str]:
        """What is told of each, and of what was not asked."""
        warnings = [_warning(name, told, spec) for name, told in self.told.items()]
        warnings += [
            f"'{name}' is learned from, and {told}. See that it is known before the label; if it is not, leave it out "
            "under exclude, and if it is, say why under known_before"
            for name, told in self.watched.items()
            if name not in spec.known_before
        ]
        if not self.is_complete:
            share = f"{TIME_SHARE:.0%} of {spec.minutes:g} minutes (policy.minutes)"
            warnings.append(f"there was no time, within {share}, to ask which column a model jumps with")
        return warnings


def find_suspects(
    rows: pd.DataFrame,
    scored: pd.DataFrame,
    folds: npt.NDArray[np.int64],
    spec: ChurnSpec,
    named_leaks: Mapping[str, str],
) -> Suspects:
    """The columns of labelled `rows` that look as if they were known only after the label.

    Two that are not sure by themselves, a part that is nearly pure and most of what a model gains, are so together.

    Args:
        rows: labelled rows.
        scored: rows whose label is not known.
        folds: the fold of each labelled row, shape (n,).
        spec: what was asked for.
        named_leaks: those that are suspected by what they are called, with the evidence in words.
    """
    columns = feature_columns(rows, spec)
    alone = suspected_alone(
        {"": rows[spec.label].to_numpy()}, rows, scored, columns, spec.cutoff, groups_by(rows, spec)
    )
    evidence = {name: [named_leaks[name]] for name in columns if name in named_leaks}
    for name, told in alone.sure.items():
        evidence.setdefault(name, []).extend(told)
    unsure = dict(alone.unsure)
    left = [name for name in columns if name not in evidence or name in spec.known_before]
    jumps = find_jumps(rows, left, folds, spec)
    for name, leak in jumps.suspects.items():
        if leak.is_sure or name in unsure:
            evidence.setdefault(name, []).extend([*leak.evidence, *unsure.pop(name, [])])
        else:
            unsure[name] = [*leak.evidence]
    watched = {name: "; ".join(told) for name, told in unsure.items() if name not in evidence}
    in_order = {name: "; ".join(evidence[name]) for name in columns if name in evidence}
    return Suspects(in_order, jumps.is_complete, watched)


@dataclass(frozen=True)
class SuspectedAlone:
    """What speaks against columns by themselves, each in words: surely, and not surely."""

    sure: dict[str, list[str]]
    unsure: dict[str, list[str]]

    def suspects(self) -> Suspects:
        """Those that are sure, and to be watched those that are not."""
        sure = {name: "; ".join(told) for name, told in self.sure.items()}
        return Suspects(
            sure, watched={n: "; ".join(told) for n, told in self.unsure.items() if n not in sure}
        )


def suspected_alone(
    questions: Mapping[str, npt.NDArray[np.bool_]],
    rows: pd.DataFrame,
    scored: pd.DataFrame,
    columns: Sequence[str],
    cutoff: str | None,
    groups: npt.NDArray[np.int64],
) -> SuspectedAlone:
    """What speaks against `columns` by themselves, asked of whatever a label answers with yes or no.

    Args:
        questions: what is so, in words that begin the evidence, with the answer of each of `rows`, shape (n,).
        rows: labelled rows.
        scored: rows whose label is not known.
        columns: which to ask.
        cutoff: the column of days that the features should stop before.
        groups: whom each of `rows` is about, shape (n,).
    """
    found = SuspectedAlone({}, {})
    for asked, is_so in questions.items():
        leaks = suspected_leaks(rows, columns, is_so, cutoff=cutoff, has_unsure=True, groups=groups)
        for name, leak in leaks.items():
            told = found.sure if leak.is_sure else found.unsure
            told.setdefault(name, []).extend(f"{asked}{evidence}" for evidence in leak.evidence)
        for name, evidence in vanishing_leaks(rows, scored, columns, is_so).items():
            found.sure.setdefault(name, []).append(f"{asked}{evidence}")
    return found


def plan_without(suspects: Suspects, rows: pd.DataFrame, spec: LabelledSpec) -> FeaturePlan:
    """What the features of `rows` are; the suspects nobody vouches for are dropped.

    Raises:
        ValueError: when no column is left to learn from.
    """
    reasons = {name: told for name, told in suspects.told.items() if name not in spec.known_before}
    left = [name for name in feature_columns(rows, spec) if name not in reasons]
    if reasons and not left:
        told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise ValueError(
            f"no feature column is left to learn from: each looks as if it was known only after the label ({told}); "
            "say why it was known before it, under known_before, to keep one"
        )
    plan = plan_features(rows, left, spec.cutoff)
    return replace(plan, dropped={**plan.dropped, **reasons}, units=spec.units)


def feature_columns(rows: pd.DataFrame, spec: LabelledSpec) -> list[str]:
    """The columns of `rows` that may be learned from, as far as the specification says."""
    no_features = {*spec.key, *spec.group, spec.label, spec.cutoff, *spec.exclude}
    return [str(name) for name in rows.columns if name not in no_features]


def _warning(name: str, told: str, spec: LabelledSpec) -> str:
    if why := spec.known_before.get(name):
        return f"'{name}' is learned from, known before the label ({why}), and {told}"
    return f"'{name}' is left out: {told}. If it was known before the label, say why under known_before"
