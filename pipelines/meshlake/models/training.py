"""Which version scores: the champion, or a challenger trained now that a decision promotes.

However a build was started, a challenger that is worse than the champion, or says no more than the base rate, scores
nothing; it is kept with the decision and its figures. So is any, where somebody pinned the version that scores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.models.identity import definition_sha256, environment, feature_kinds, misfits
from meshlake.models.learned_rows import learned_rows
from meshlake.models.store import VERSION_PROPERTY, file_hashes, model_store
from meshlake.models.units import feature_units
from meshlake.products.inputs import select_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.ml_assets.promotion import Decision
    from meshlake.models.definition import ModelDefinition
    from meshlake.models.store import ModelStore, ModelVersion
    from meshlake.products.pin import Pin
    from meshlake.products.transform import RowsContext


@dataclass(frozen=True)
class Chosen:
    """The version that scores, and the challenger that was trained for this build, if one was.

    `trained_at` is when a training was tried; of one that failed, and that nothing but evidence asked for, `failure`
    says why.
    """

    version: ModelVersion
    challenger: ModelVersion | None = None
    trained_at: datetime | None = None
    failure: str | None = None


@dataclass(frozen=True)
class _Champion:
    """The version that is pinned, else that scored what is published; what keeps it from scoring now, and whether
    another is asked for."""

    version: ModelVersion | None
    misfits: tuple[str, ...]
    is_replaced: bool
    pin: Pin | None = None

    @property
    def may_score(self) -> bool:
        return self.version is not None and not self.misfits and not self.is_replaced


def choose_version(model: ModelDefinition, context: RowsContext) -> Chosen:
    """The champion; or, where a new version is due, the better of it and a challenger.

    One is due when there is no champion, when another model is asked for, when the champion cannot read the features,
    when our code or the libraries changed since and no challenger of them was tried, when the build is forced, or when
    there is evidence that the champion is off: then it scores on where the training fails. New rows alone are only
    scored.

    Raises:
        BuildError: no version may score.
        ValueError: the definition, the features or the label allow no model.
    """
    store = model_store(context.settings)
    protected = context.protected_in(model.features_sql, select_inputs(model.features_sql, model.path))
    model = replace(model, document=model.document.protecting(protected))
    made_of = {
        "definition_sha256": definition_sha256(model.content),
        "environment": environment(),
        "protected": dict(sorted(protected.items())),
    }
    champion = _champion(store, model, made_of, context)
    current = champion.version if champion.may_score and not context.is_forced else None
    if current and not (champion.pin or _was_tried(store, made_of, current, context)):
        current = None
    if current and not context.why_retrain:
        return Chosen(current)
    now = datetime.now(UTC)
    try:
        challenger = _train(store, model, made_of, champion, context)
    except (ValueError, BuildError) as error:
        if current is None:
            raise
        return Chosen(current, trained_at=now, failure=str(error).partition("\n")[0])
    if challenger is champion.version:
        return Chosen(challenger, trained_at=now)
    if challenger.record["decision"]["is_promoted"]:
        return Chosen(challenger, challenger, now)
    if champion.version and champion.may_score:
        return Chosen(champion.version, challenger, now)
    raise _refused(champion, challenger, context)


def _champion(
    store: ModelStore, model: ModelDefinition, made_of: Mapping[str, Any], context: RowsContext
) -> _Champion:
    pin, published = context.pin, context.published.get(VERSION_PROPERTY)
    named = pin.version if pin else published
    version = store.load(context.name, named) if named else None
    if pin and version is None:
        raise _cannot_score(context, pin, "it is not there any more")
    if version is None:
        return _Champion(None, (), is_replaced=False)
    unfit = tuple(misfits(version.record["feature_kinds"], context.session.columns(model.features_sql)))
    if pin and unfit:
        raise _cannot_score(context, pin, ", ".join(unfit))
    if pin:
        return _Champion(version, (), is_replaced=False, pin=pin)
    # Versions stored before anything was protected do not say so.
    is_replaced = (
        version.record["definition_sha256"] != made_of["definition_sha256"]
        or version.record.get("protected", {}) != made_of["protected"]
    )
    return _Champion(version, unfit, is_replaced)


def _was_tried(
    store: ModelStore, made_of: Mapping[str, Any], champion: ModelVersion, context: RowsContext
) -> bool:
    """Mostly the champion is made of that, and no other record is read then."""

    def is_made_of_that(version: ModelVersion) -> bool:
        return all(version.record.get(name, {}) == value for name, value in made_of.items())

    return is_made_of_that(champion) or any(map(is_made_of_that, store.versions(context.name)))


def _train(
    store: ModelStore,
    model: ModelDefinition,
    made_of: Mapping[str, Any],
    champion: _Champion,
    context: RowsContext,
) -> ModelVersion:
    """A challenger, stored with the decision whether it is promoted; or the champion, where that comes of it again."""
    context.report("training: reading the features")
    trained_at = datetime.now(UTC)
    learned = learned_rows(model, context.session)
    if learned.told:
        context.report(learned.told)
    task = model.task_in(feature_units(model, context.input_contracts))
    current = champion.version
    trained = task.train(learned.frame, context.report, current)
    if current and champion.may_score and current.record["files"] == file_hashes(trained.files):
        context.report(f"the same model came of it as version {current.version}")
        return current
    context.report("deciding on it")
    decision = task.decide(
        trained, learned.frame, current, can_score=not champion.misfits, is_replaced=champion.is_replaced
    )
    if champion.pin:
        decision = replace(decision, is_promoted=False, reason=_kept_back(champion.pin, decision))
    columns = context.session.columns(model.features_sql)
    record = {
        "trained_at": trained_at.isoformat(),
        **made_of,
        "feature_kinds": feature_kinds(columns, trained.record["needed_columns"]),
        "inputs": dict(context.input_versions),
        "definition": dict(model.content),
        **trained.record,
        **({"sample": learned.told} if learned.told else {}),
        "decision": decision.as_dict(),
    }
    return store.save(context.name, record, trained.files)


def _kept_back(pin: Pin, decision: Decision) -> str:
    would = "would be promoted" if decision.is_promoted else "would not be promoted"
    return f"version {pin.version} was {pin.in_words}; without that it {would}: {decision.reason}"


def _cannot_score(context: RowsContext, pin: Pin, why: str) -> BuildError:
    told = f"{context.name}: version {pin.version}, {pin.in_words}, cannot score: {why}"
    return BuildError(
        told, f"Choose another, or let comparisons decide again: mesh model unpin {context.name}"
    )


def _refused(champion: _Champion, challenger: ModelVersion, context: RowsContext) -> BuildError:
    told = f"{context.name}: the model trained now is not promoted: {challenger.record['decision']['reason']}"
    if champion.version and champion.misfits:
        told += f"; version {champion.version.version} cannot score: {', '.join(champion.misfits)}"
    why = "".join(f" {warning[0].upper()}{warning[1:]}." for warning in challenger.record["warnings"])
    return BuildError(
        told,
        f"Nothing was published, and what was before stays.{why} Mend model.yaml, the features or the label.",
    )
