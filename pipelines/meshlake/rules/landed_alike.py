"""The rule that what newly landed is like what landed before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from meshlake.rules.result import CheckResult
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from meshlake.column import Severity
    from meshlake.rules.measure import AuditedTable, Measure

_NAME = "landed_alike"


class LandedAlike(Rule):
    """Newly landed files have the columns, kinds, values and distributions that files before them had.

    No rows of the product tell: it is settled before they are made, where something has newly landed (docs/adr/0062).
    """

    kind: ClassVar[str] = "landed"

    @classmethod
    def beside(cls, names: Collection[str], severity: Severity) -> LandedAlike:
        """The rule, by a name that none of `names`, those of the product's other rules, is."""
        name = _NAME
        while name in names:
            name += "_"
        description = "Newly landed files are like those that landed before"
        return cls(name, severity=severity, description=description, dimension="consistency")

    def measure(self, table: AuditedTable) -> Measure:
        """Nothing: see above."""
        raise NotImplementedError(self.name)

    def result(
        self, differences: Sequence[str], samples: Sequence[dict[str, Any]], seconds: float, bound: str = ""
    ) -> CheckResult:
        """What came of it; `bound` says what was not looked at, for people."""
        text = "; ".join(differences) or "as before"
        text += f" ({bound})" if bound else ""
        return CheckResult(self, not differences, text, text, samples=tuple(samples), seconds=seconds)
