"""What every kind of model must be able to do for its scores to become a product, and how kinds are found.

A kind is one class in one file and one line of `TASKS`, by the name that `task:` of a `model.yaml` gives; its module
imports no scikit-learn before it trains or scores, since every `model.yaml` is read through it. Other distributions add
kinds by entry points of the group `meshlake.tasks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from meshlake.errors import UsageError
from meshlake.names import quote_identifier
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.promotion import Decision
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.maturing import Maturing
    from meshlake.models.store import ModelVersion
    from meshlake.products.transform import RowsSession


@dataclass(frozen=True)
class Trained:
    """What came of a training: its record, JSON, and its files by name."""

    record: Mapping[str, Any]
    files: Mapping[str, bytes]


class Compared(Protocol):
    """A version held against another on so many `rows`: its fields that are a `Difference` say by which figures."""

    @property
    def rows(self) -> int:
        """How many rows both were measured on."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""


class Task(Protocol):
    """One kind of model, set up by a `model.yaml`."""

    # All that a `model.yaml` of this kind can say; from it come what is told of mistakes, and the schema for editors.
    document: ClassVar[type[ModelDocument]]

    def __init__(self, document: Any) -> None:
        """Set up by a `model.yaml`, read as `document`."""

    def train(
        self, features: pd.DataFrame, report: Callable[[str], None], champion: ModelVersion | None
    ) -> Trained:
        """A new version; what a `champion` called a group of rows, it may call so too.

        The record holds at least `needed_columns`, `algorithm`, `measured_on`, `metrics`, `dropped` and `warnings`.
        """

    def decide(
        self,
        challenger: Trained,
        features: pd.DataFrame,
        champion: ModelVersion | None,
        *,
        can_score: bool,
        is_replaced: bool,
    ) -> Decision:
        """Whether the challenger that was trained of `features` takes the champion's place.

        `can_score` says whether the champion can read the features, `is_replaced` that another model is asked for.
        """

    def rows_to_score(self, features_sql: str) -> str:
        """The SELECT of the rows that are published."""

    def scored_select(self, version: ModelVersion, rows_sql: str, columns: Sequence[str]) -> str:
        """The SELECT of the rows that `scorer` is given, of `rows_sql`, which has these `columns`: with more of them
        where the engine can say what the model does."""

    def scorer(self, version: ModelVersion, wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """A function from a batch of features to what is said of each row; `wanted` are what the contract promises."""

    def amounts(self, version: ModelVersion) -> Mapping[str, str]:
        """The columns of the rows to score that must hold an amount of at least 0 in each, by what they are for."""

    def unforeseen(self, version: ModelVersion, features_sql: str, session: RowsSession) -> Sequence[str]:
        """What is told of the features that the version did not know of when it was trained."""

    def published(self, version: ModelVersion, scores: str, columns: Sequence[str]) -> str:
        """The SELECT of the rows that are published, for DuckDB: what `scorer` gave is in the table `scores`, which has
        these columns."""

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """What people are told of a version, on rows that it did not learn from where there are such.

        It is made of what is stored with the version alone; what one stored before had not is left out.
        """

    def maturing(self) -> Maturing | None:
        """How predictions are held against the labels that become known later; `None` where nothing comes true."""

    def compare(self, version: ModelVersion, other: ModelVersion) -> Compared:
        """How much better `version`, whose `model.yaml` this was set up by, is than `other`, of the same task.

        Raises:
            UsageError: it cannot be told, and why.
        """


class ForeseesAll:
    """For a kind of model of which nothing can be told when it scores that was not told when it was trained."""

    def unforeseen(
        self,
        _version: ModelVersion,
        _features_sql: str,
        _session: RowsSession,
    ) -> Sequence[str]:
        """See `Task.unforeseen`: nothing."""
        return ()


class HasNoLabel:
    """For a kind of model of which nothing comes true later."""

    def maturing(self) -> None:
        """See `Task.maturing`: nothing does."""
        return

    def compare(self, version: ModelVersion, _other: ModelVersion) -> Compared:
        """See `Task.compare`.

        Raises:
            UsageError: always.
        """
        told = f"{version.version} is a model of {version.record['definition']['task']}"
        raise UsageError(f"{told}; models that learn a label can be compared")


class ScoresAreRows(ForeseesAll):
    """For a kind of model whose scores are published as they are, of all rows: nothing is decided by an amount."""

    def rows_to_score(self, features_sql: str) -> str:
        """All rows."""
        return features_sql

    def scored_select(self, _version: ModelVersion, rows_sql: str, _columns: Sequence[str]) -> str:
        """See `Task.scored_select`: as they are."""
        return rows_sql

    def amounts(self, _version: ModelVersion) -> dict[str, str]:
        """See `Task.amounts`: none."""
        return {}

    def published(self, _version: ModelVersion, scores: str, _columns: Sequence[str]) -> str:
        """See `Task.published`: as they are."""
        return f"SELECT * FROM {scores}"


def of_latest_cutoff(features_sql: str, cutoff: str | None) -> str:
    """The SELECT of the rows of the latest `cutoff`; of all, where that names no column."""
    if cutoff is None:
        return features_sql
    column = quote_identifier(cutoff)
    return f"SELECT * FROM (\n{features_sql}\n) WHERE {column} = (SELECT max({column}) FROM (\n{features_sql}\n))"


TASKS: Doorway[type[Task]] = Doorway(
    "meshlake.tasks",
    "task",
    {
        "anomalies": "meshlake.models.anomalies:AnomalyTask",
        "churn": "meshlake.models.churn:ChurnTask",
        "classification": "meshlake.models.classification:ClassificationTask",
        "multilabel": "meshlake.models.multilabel:MultilabelTask",
        "regression": "meshlake.models.regression:RegressionTask",
        "segments": "meshlake.models.segments:SegmentTask",
        "survival": "meshlake.models.survival:SurvivalTask",
        "uplift": "meshlake.models.uplift:UpliftTask",
    },
)


def task_of(version: ModelVersion) -> Task:
    """The task of a version, set up by the `model.yaml` that it was trained with."""
    definition = version.record["definition"]
    task = TASKS.get(definition["task"])
    return task(task.document.model_validate(definition))
