"""What is told of how a version treats the groups that protected columns make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.models.evaluation import Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEADS = (
    "protected",
    "group",
    "rows",
    "churned",
    "flagged",
    "recall",
    "precision",
    "flagged of stayers",
    "predicted - came",
    "unlike the others",
)
_MEASURES = ("base_rate", "flagged_share", "recall", "precision", "false_positive_rate", "calibration")


def fairness_rows(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row of `HEADS` for each group, measures with their 95 % intervals; none of a version without."""
    return [
        (
            each["feature"],
            each["value"],
            f"{each['rows']:,}",
            *(_told(each["measures"].get(name)) for name in _MEASURES),
            _unlike(each["differences"]),
        )
        for each in record.get("fairness", ())
    ]


def fairness_section(record: Mapping[str, Any]) -> Iterator[Section]:
    """The table of groups, if a column is protected."""
    if rows := fairness_rows(record):
        yield Section(
            "Groups by protected columns",
            "Whether it treats them alike, each with its 95 % interval; told as unlike is what differs from all "
            "others beyond noise, in points, however many groups and measures were looked at. Which of these should be "
            "equal is for people to say: where shares of churn differ, not all can be.",
            [Table(HEADS, rows)],
        )


def _told(found: Mapping[str, float] | None) -> str:
    if found is None:
        return ""
    return f"{found['estimate']:.1%} ({found['low']:.1%} to {found['high']:.1%})"


def _unlike(differences: Mapping[str, Mapping[str, float]]) -> str:
    from meshlake.ml_assets.fairness import TOLD, is_beyond_noise

    return ", ".join(
        f"{words} {100 * differences[name]['estimate']:+.1f}"
        for name, words in TOLD.items()
        if name in differences and is_beyond_noise(differences[name])
    )
