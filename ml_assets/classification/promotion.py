"""Whether a challenger of classes takes the champion's place; see `promotion`, of whose decisions these are.

A champion that does not know a class gives it no probability, and would lose by that alone: so both are held against
each other on rows of classes that both know. Knowing more is a gain by itself, if nothing else is worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.classification.learner import FEWEST_TESTED
from meshlake.ml_assets.classification.measures import compare_classes
from meshlake.ml_assets.classification.scoring import probability_columns, score_classes
from meshlake.ml_assets.classification.training import rows_that_tested
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.promotion import Decision, all_predictions_of, incomparable, judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.classification.measures import ClassComparison
    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.comparison import Difference
    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.promotion import Champion

    Floats = npt.NDArray[np.float64]


def decide_classes(
    spec: LabelledSpec,
    honest: pd.DataFrame,
    classes: Sequence[str | int],
    features: pd.DataFrame,
    champion: Champion[ClassModel] | None,
    known: Sequence[str | int] = (),
    what: str = "classes",
) -> Decision:
    """Hold a challenger against the shares of the classes, and against the champion if there is one.

    Args:
        spec: what was asked for.
        honest: the challenger's honest predictions, as `ClassTraining.honest` has them.
        classes: those that the challenger knows.
        features: the rows it was trained on, labelled or not.
        champion: the version that scores now.
        known: the classes that the champion knows.
        what: they are called.
    """
    tested = rows_that_tested(honest)
    if len(tested) < FEWEST_TESTED:
        return Decision(False, f"too few rows tell how good it is: {len(tested)}")
    codes = _codes(tested["label"], classes)
    said = tested[probability_columns(len(classes))].to_numpy()
    groups = groups_by(tested, spec)
    learned = honest.loc[honest["fold"].notna(), "label"]
    shares = np.bincount(_codes(learned, classes), minlength=len(classes)) / len(learned)
    base = compare_classes(codes, said, np.tile(shares, (len(tested), 1)), groups, spec.seed)
    commonest = classes[int(shares.argmax())]
    figures: dict[str, Any] = {
        "shares": dict(zip(map(str, classes), shares.tolist(), strict=True)),
        "against_shares": base.as_dict(),
    }
    alone = f"{_told(base)}, where each has the shares of the {what}, and {commonest!r} is the commonest"
    if not base.log_loss.is_better:
        return Decision(False, f"no better than the shares of the {what}: {alone}", figures)
    if champion is None:
        return Decision(True, f"the first version; {alone}", figures)
    columns = probability_columns(len(known))
    other = all_predictions_of(champion, tested, features, spec.row_keys, columns, score_classes)
    against = compare_shared(tested["label"], (said, classes), (other, known), groups, spec.seed)
    if against is None:
        return incomparable(champion, figures)
    figures |= {"champion": champion.version, "against_champion": against.as_dict()}
    new = [name for name in classes if name not in known]
    if new and not champion.is_replaced and champion.model is not None:
        named = ", ".join(map(repr, new))
        told = (
            f"knows {named}, which version {champion.version} does not, and of the others: {_told(against)}"
        )
        return Decision(not against.is_worse, told, figures)
    return judged(champion, against, _told(against), figures)


def compare_shared(
    label: pd.Series[Any],
    model: tuple[Floats, Sequence[str | int]],
    other: tuple[Floats, Sequence[str | int]],
    groups: npt.NDArray[np.int64],
    seed: int,
) -> ClassComparison | None:
    """`model` held against `other` on rows of the classes that both know, as if there were no others; each has the
    probabilities that it gives, shape (n, classes), and its classes. `None` where too few rows tell.

    Rows of which the other says nothing, NaN, are left out.
    """
    shared = [name for name in model[1] if name in other[1]]
    is_known = np.isfinite(other[0]).all(axis=1) & label.isin(shared).to_numpy()
    if len(shared) < 2 or is_known.sum() < FEWEST_TESTED:
        return None
    first, second = (_of(said[is_known], classes, shared) for said, classes in (model, other))
    return compare_classes(_codes(label[is_known], shared), first, second, groups[is_known], seed)


def _codes(label: pd.Series[Any], classes: Sequence[str | int]) -> npt.NDArray[np.int64]:
    positions = {name: code for code, name in enumerate(classes)}
    return np.array([positions[name] for name in label], dtype=np.int64)


def _of(said: Floats, classes: Sequence[str | int], shared: Sequence[str | int]) -> Floats:
    """What is said of the `shared` classes alone, as if there were no others."""
    kept = said[:, [list(classes).index(name) for name in shared]]
    total = kept.sum(axis=1, keepdims=True)
    found: Floats = np.divide(kept, total, out=np.full_like(kept, 1 / len(shared)), where=total > 0)
    return found


def _told(found: ClassComparison) -> str:
    of_loss, of_accuracy = _interval(found.log_loss), _interval(found.accuracy)
    return f"log loss better by {of_loss}, accuracy by {of_accuracy} on {found.rows:,} rows"


def _interval(found: Difference) -> str:
    return f"{found.estimate:+z.4f} ({found.low:+z.4f} to {found.high:+z.4f})"
