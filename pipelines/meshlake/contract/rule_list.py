"""The rules of one contract as they are gathered, and their names made unique."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.contract.queries import held_query

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from meshlake.faults import Gathering
    from meshlake.rules.rule import Rule
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile


@dataclass
class RuleList:
    """Rules as they are found, each with where it was found when its author named it.

    Args:
        table_names: what queries of another house may call the table; none where the contract is ours.
        dialects: in which they are written.
    """

    table_names: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    found: list[tuple[Rule, Location | None]] = field(default_factory=list)

    def add(self, rule: Rule, named_at: Location | None = None) -> None:
        self.found.append((rule, named_at))

    def in_our_words(self, item: DataQuality) -> DataQuality:
        """`item` with a query that can be run here.

        Raises:
            UnheldError: its query cannot.
        """
        if not self.table_names or item.type != "sql" or not item.query:
            return item
        query = held_query(item.query, self.table_names, self.dialects)
        return item.model_copy(update={"query": query})

    def named(self, source: YamlFile, faulty: Gathering) -> tuple[Rule, ...]:
        """All rules with unique names; names the platform gave take a number when they repeat.

        A name that its author gave and that is another rule's too is put into `faulty`.
        """
        counts = Counter(rule.name for rule, _ in self.found)
        told: set[str] = set()
        for rule, named_at in self.found:
            if named_at is not None and counts[rule.name] > 1 and rule.name not in told:
                told.add(rule.name)
                message = f"rule name '{rule.name}' is given twice"
                faulty.add(source.error(named_at, message, "Rename one of them."))
        taken: set[str] = set()
        rules = []
        for rule, _ in self.found:
            name, number = rule.name, 1
            while name in taken or (number > 1 and name in counts):
                number += 1
                name = f"{rule.name}_{number}"
            taken.add(name)
            rules.append(replace(rule, name=name))
        return tuple(rules)
