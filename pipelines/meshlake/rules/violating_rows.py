"""Checks beside a contract: `checks/*.sql`, each a SELECT of the rows that violate it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.errors import ContractError, Fault
from meshlake.faults import Gathering
from meshlake.rules.facts import read_severity
from meshlake.rules.measure import AuditedTable, Query
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.column import Severity

_FOLDER = "checks"
_COMMENT = re.compile(r"--\s?(.*)")
_FACT = re.compile(r"(severity|scope)\s*:\s*(.*)", re.IGNORECASE)
_RULE_NAME = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class ViolatingRows(Rule):
    """Every row that argument `query` returns violates it.

    `is_day_by_day` is said of a query that finds the violating rows of a day in that day's rows alone.
    """

    kind: ClassVar[str] = "violating_rows"

    is_day_by_day: bool = False

    @classmethod
    def read(cls, path: Path) -> Self:
        """The check that a file states.

        Raises:
            ContractError: it has a wrong name, severity or scope, or no SQL.
        """
        header, query = _split(_text(path))
        facts, description = _facts(header)
        if facts.get("scope", "day") != "day":
            hint = "Write -- scope: day, or leave the line out."
            raise ContractError.of(Fault(path, f"scope is '{facts['scope']}'", hint))
        if not query:
            hint = "Write a SELECT that returns the violating rows."
            raise ContractError.of(Fault(path, "no SQL in it", hint))
        return cls(
            path.stem,
            arguments={"query": query},
            severity=_severity(path, facts),
            description=" ".join(description),
            is_day_by_day="scope" in facts,
        )

    def measure(self, table: AuditedTable) -> Query:  # its author names the table
        query = self.arguments["query"]
        return Query(f"SELECT count(*) FROM (\n{query}\n)", query, is_row_count=True)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return self.is_day_by_day

    def sql_file(self, folder: Path) -> Path:
        return folder / _FOLDER / f"{self.name}.sql"


def read_checks(folder: Path, contract_rules: tuple[Rule, ...] = ()) -> tuple[Rule, ...]:
    """The checks of a product, in the order of their names; none when `folder` does not exist.

    Args:
        folder: the product's `checks` folder.
        contract_rules: the rules of its contract, whose names the checks must not take.

    Raises:
        ContractError: for a wrong name or severity, an empty file, or a name the contract has already.
    """
    rules = []
    taken = {rule.name for rule in contract_rules}
    found = Gathering(folder)
    for path in sorted(folder.glob("*.sql")):
        with found.part():
            rules.append(ViolatingRows.read(path))
            if path.stem in taken:
                message = f"the contract has a rule '{path.stem}' already"
                raise ContractError.of(Fault(path, message, "Rename the file."))
    found.refuse()
    return tuple(rules)


def _text(path: Path) -> str:
    if not _RULE_NAME.fullmatch(path.stem):
        hint = "Use letters, digits and underscores."
        raise ContractError.of(Fault(path, f"'{path.stem}' cannot name a check", hint))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        hint = "Save the file as UTF-8."
        raise ContractError.of(Fault(path, f"not UTF-8 at byte {error.start}", hint)) from error


def _severity(path: Path, facts: dict[str, str]) -> Severity:
    try:
        return read_severity(facts.get("severity"))
    except ValueError as error:
        hint = "Write -- severity: warning, or leave the line out."
        raise ContractError.of(Fault(path, str(error), hint, 1)) from error


def _facts(header: list[str]) -> tuple[dict[str, str], list[str]]:
    """The facts that lines at the top state, and the lines after them."""
    facts: dict[str, str] = {}
    for line in header:
        match = _FACT.fullmatch(line)
        if match is None:
            break
        facts[match[1].lower()] = match[2].strip().lower()
    return facts, header[len(facts) :]


def _split(text: str) -> tuple[list[str], str]:
    """The comment lines at the top, without their dashes, and the SQL after them."""
    lines = text.lstrip("\ufeff").strip().splitlines()
    header = []
    for line in lines:
        match = _COMMENT.fullmatch(line.strip())
        if match is None:
            break
        header.append(match[1].strip())
    query = "\n".join(lines[len(header) :]).strip().rstrip(";").strip()
    return [line for line in header if line], query
