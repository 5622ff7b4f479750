"""The rules that what comes is like what came before: files that land, and rows that are to be published."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.result import CheckResult
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from meshlake.column import Severity
    from meshlake.rules.measure import AuditedTable, Measure


class Alike(Rule):
    """What comes is like what came before it, which no measure of the product's rows alone can tell.

    A product has it beside those that its contract states.
    """

    default_name: ClassVar[str]
    told: ClassVar[str]

    @classmethod
    def beside(cls, names: Collection[str], severity: Severity) -> Self:
        """The rule, by a name that none of `names`, those of the product's other rules, is."""
        name = cls.default_name
        while name in names:
            name += "_"
        return cls(name, severity=severity, description=cls.told, dimension="consistency")

    def measure(self, table: AuditedTable) -> Measure:
        """Nothing: see above."""
        raise NotImplementedError(self.name)

    def result(
        self,
        differences: Sequence[str],
        samples: Sequence[dict[str, Any]],
        seconds: float,
        bound: str = "",
        failing_sql: str | None = None,
    ) -> CheckResult:
        """What came of it; `bound` says what was not looked at, for people."""
        text = "; ".join(differences) or "as before"
        text += f" ({bound})" if bound else ""
        is_passed = not differences
        return CheckResult(self, is_passed, text, text, None, tuple(samples), failing_sql, seconds)


class LandedAlike(Alike):
    """Newly landed files have the columns, kinds, values and distributions that files before them had.

    It is settled before rows are made, where something has newly landed (docs/adr/0062).
    """

    kind: ClassVar[str] = "landed"
    default_name: ClassVar[str] = "landed_alike"
    told: ClassVar[str] = "Newly landed files are like those that landed before"


class SnapshotAlike(Alike):
    """A new snapshot has as many rows, as new ones, and values like those of the snapshots before it.

    It is settled before the snapshot is published (docs/adr/0086).
    """

    kind: ClassVar[str] = "snapshot"
    default_name: ClassVar[str] = "snapshot_alike"
    told: ClassVar[str] = "A new snapshot is like those before it"
