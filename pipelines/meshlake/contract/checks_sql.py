"""Checks beside a contract: `checks/*.sql`, each a SELECT of the rows that violate it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.contract.model import Rule, RuleKind
from meshlake.contract.quality import read_severity
from meshlake.errors import ContractError

if TYPE_CHECKING:
    from pathlib import Path

_COMMENT = re.compile(r"--\s?(.*)")
_FACT = re.compile(r"(severity|scope)\s*:\s*(.*)", re.IGNORECASE)
_RULE_NAME = re.compile(r"[A-Za-z0-9_]+")


def read_checks(folder: Path, contract_rules: tuple[Rule, ...] = ()) -> tuple[Rule, ...]:
    """The checks of a product, in the order of their names; none when `folder` does not exist.

    Args:
        folder: the product's `checks` folder.
        contract_rules: the rules of its contract, whose names the checks must not take.

    Raises:
        ContractError: for a wrong name or severity, an empty file, or a name the contract has already.
    """
    rules = tuple(_read_check(path) for path in sorted(folder.glob("*.sql")))
    taken = {rule.name for rule in contract_rules}
    for rule in rules:
        if rule.name in taken:
            path = folder / f"{rule.name}.sql"
            raise ContractError(f"{path}: the contract has a rule '{rule.name}' already", "Rename the file.")
    return rules


def _read_check(path: Path) -> Rule:
    if not _RULE_NAME.fullmatch(path.stem):
        raise ContractError(
            f"{path}: '{path.stem}' cannot name a check", "Use letters, digits and underscores."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: not UTF-8 at byte {error.start}", "Save the file as UTF-8.") from error
    header, query = _split(text)
    facts, description = _facts(header)
    try:
        severity = read_severity(facts.get("severity"))
    except ValueError as error:
        raise ContractError(
            f"{path}:1: {error}", "Write -- severity: warning, or leave the line out."
        ) from error
    if facts.get("scope", "day") != "day":
        raise ContractError(
            f"{path}: scope is '{facts['scope']}'", "Write -- scope: day, or leave the line out."
        )
    if not query:
        raise ContractError(f"{path}: no SQL in it", "Write a SELECT that returns the violating rows.")
    arguments = {"query": query}
    return Rule(
        path.stem,
        RuleKind.VIOLATING_ROWS,
        None,
        arguments,
        severity=severity,
        description=" ".join(description),
        is_day_by_day="scope" in facts,
    )


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
