"""A hold: that a product was put where it stands by a rollback, and that builds are to leave it there.

It is a property of the Iceberg table, written in the commit of the rollback itself, and names the rows it is about: a
newer snapshot has others, so that nothing is left to be taken away when a build publishes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HOLD_PROPERTY = "mesh.hold"
# The cause that every hold with causes has: what the product's folder says.
CODE = "code"
_TOLD_CAUSES = 3


@dataclass(frozen=True)
class Hold:
    """Where a product is held, and why.

    Args:
        rows_id: the snapshot whose rows are held, in whatever files they are.
        since: when that was, in UTC.
        left: the snapshot that was rolled back from, the first of several steps back.
        left_published_at: when that was published, in UTC.
        fingerprints: the states of code and inputs that are not built as long as the hold lasts.
        causes: what made the version that was left another, where that is known, and the states of it that are not
            built; while they are as they were, whatever changes beside them is not built either.
    """

    rows_id: int
    since: str
    left: int
    left_published_at: str
    fingerprints: tuple[str, ...]
    causes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, properties: Mapping[str, str], rows_id: int) -> Hold | None:
        """The hold that a table of these properties has on the rows of `rows_id`; `None` without one."""
        text = properties.get(HOLD_PROPERTY)
        if text is None:
            return None
        facts = json.loads(text)
        found = cls(**facts | {"fingerprints": tuple(facts["fingerprints"])})
        return found if found.rows_id == rows_id else None

    @classmethod
    def begun(
        cls,
        rows_id: int,
        left: int,
        left_published_at: datetime,
        fingerprints: Iterable[str | None],
        causes: Mapping[str, Sequence[str]],
    ) -> Hold:
        """One that begins now."""
        kept = tuple(sorted({each for each in fingerprints if each is not None}))
        return cls(rows_id, _text(datetime.now(UTC)), left, _text(left_published_at), kept, causes)

    @property
    def in_words(self) -> str:
        """What happened, as `rolled back from snapshot 12 on 2026-11-27 10:00:00`."""
        return f"rolled back from snapshot {self.left} on {self.since}"

    @property
    def since_time(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.since).replace(tzinfo=UTC)

    @property
    def waits_for(self) -> str:
        """What has to change until it is built again, beside its folder: `file crm/people/b.csv`, or `any input`."""
        told = [cause for cause in self.causes if cause != CODE]
        more = f" or {len(told) - _TOLD_CAUSES} more" if len(told) > _TOLD_CAUSES else ""
        return " or ".join(told[:_TOLD_CAUSES]) + more if told else "any input"

    def packed(self) -> str:
        """As a property of a table."""
        return json.dumps(asdict(self))

    def as_dict(self) -> dict[str, str]:
        """As JSON-able facts; ids are text, as they are longer than a number of JavaScript."""
        return {
            "since": self.since,
            "rolled_back_from": str(self.left),
            "rolled_back_from_published_at": self.left_published_at,
            "waits_for": self.waits_for,
        }


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
