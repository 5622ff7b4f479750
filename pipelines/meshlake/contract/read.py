"""From `contract.odcs.yaml` (ODCS v3.0 to v3.2) to a `Contract`.

This module goes through the file in order and gives every error its line; what each fact means is in
`columns.py`, `service_levels.py` and each kind of rule, in `meshlake.rules`. A fact that is wrong hides no other: all
are gathered. What may be right and cannot be held to here is noted, and told by `mesh lint`.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from open_data_contract_standard.model import Team

from meshlake.column import Severity
from meshlake.contract.columns import described_columns
from meshlake.contract.custom import custom_properties
from meshlake.contract.model import Contract
from meshlake.contract.odcs import OBJECT, check_identity, check_object, only_object, parse
from meshlake.contract.rule_list import RuleList
from meshlake.contract.servers import dialects, landing_place
from meshlake.contract.service_levels import read_level, service_levels
from meshlake.errors import ContractError, Fault, MeshError
from meshlake.faults import Gathering
from meshlake.names import ProductName
from meshlake.rules.facts import FactError, MistypedError, UnheldError
from meshlake.rules.kinds import column_rules, quality_rule, table_rules
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_data_contract_standard.model import (
        DataQuality,
        OpenDataContractStandard,
        SchemaObject,
    )

    from meshlake.column import Column
    from meshlake.contract.columns import Described
    from meshlake.rules.rule import Rule
    from meshlake.sources import Place
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

_NO_PRODUCT = ProductName("no", "product")


def read_contract(path: Path, expected: ProductName) -> Contract:
    """Read the contract of the product `expected`.

    Raises:
        ContractError: naming file and line, when the file is not a contract this platform can hold to. It tells the
            first fault; its `faults` are all.
    """
    found = Gathering(path)
    contract = gather_contract(path, expected, found)
    found.settle(f"mesh lint {expected}")
    if contract is None:  # then something was gathered
        raise AssertionError(path)
    return contract


def gather_contract(path: Path, expected: ProductName, found: Gathering) -> Contract | None:
    """As `read_contract`, but all that is wrong is put into `found`: then the contract holds what could be read.

    Such a contract is for finding more that is wrong, and for nothing else. `None` where no table could be read.
    """
    with found.part(), _explained(path):
        source = read_yaml(path, "a contract", "Start with 'apiVersion: v3.1.0'.")
        odcs = parse(source, found)
        if odcs is None:
            return None
        check_identity(source, odcs, expected, found)
        table = only_object(source, odcs)
        check_object(source, table, expected, found)
        return _contract(source, odcs, table, expected, found)
    return None


def gather_tables(source: YamlFile, odcs: OpenDataContractStandard, found: Gathering) -> None:
    """Put into `found` what is wrong within the tables of a contract that is no product's yet."""
    for number, table in enumerate(odcs.schema_ or []):
        with found.part(), _explained(source.path):
            _contract(source.only("schema", number), odcs, table, _NO_PRODUCT, found)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Whatever comes up while a contract is read is an error of this file, and keeps no other from being read."""
    try:
        yield
    except MeshError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        hint = "That is a mistake of Meshlake's: tell its makers, with this file."
        raise ContractError.of(Fault(path, f"cannot be read as a contract: {reason}", hint)) from error


def _contract(
    source: YamlFile,
    odcs: OpenDataContractStandard,
    table: SchemaObject,
    expected: ProductName,
    found: Gathering,
) -> Contract:
    names = (expected.product, table.name or "", table.physicalName or "") if found.is_lenient else ()
    rules = RuleList(names, dialects(odcs))
    described = described_columns(source, odcs, table, found)
    for rule in table_rules(tuple(each.column for each in described)):
        rules.add(rule)
    columns = _add_column_rules(source, described, rules, found)
    for position, item in enumerate(table.quality or []):
        _add_quality(source, rules, item, None, columns, (*OBJECT, "quality", position), found)
    levels = _add_service_levels(source, odcs, columns, rules, found)
    custom = custom_properties(source, table, columns, found)
    return Contract(
        name=expected,
        version=odcs.version or "",
        status=odcs.status or "",
        title=odcs.name or str(expected),
        description=_description(odcs, table),
        grain=table.dataGranularityDescription or "",
        owner=_owner(source, odcs, found),
        columns=columns,
        rules=rules.named(source, found),
        service_levels=service_levels(levels),
        tags=tuple(odcs.tags or ()),
        source=custom.get("source"),
        landing_place=_landing_place(source, odcs, found),
        row_filter=custom.get("rowFilter"),
        is_deduplicated=custom.get("deduplicate", False),
        lookback_days=custom.get("lookbackDays", 0),
        max_unreadable_percent=custom.get("maxUnreadablePercent", Contract.max_unreadable_percent),
        landed_alike=custom.get("landedAlike", Contract.landed_alike),
        snapshot_alike=custom.get("snapshotAlike", Contract.snapshot_alike),
        notes=tuple(found.notes),
    )


def _add_column_rules(
    source: YamlFile, described: list[Described], rules: RuleList, found: Gathering
) -> tuple[Column, ...]:
    """Add the rules of every column; give the columns back knowing what a value that cannot be cast means."""
    columns = tuple(each.column for each in described)
    settled = []
    for each in described:
        on_bad_value = Severity.ERROR
        if not each.is_guessed:  # what does not fit a guess need not be wrong
            _add_own_rules(source, each, rules, found)
            for number, item in enumerate(each.prop.quality or []):
                location = (*each.location, "quality", number)
                quality = _add_quality(source, rules, item, each.column, columns, location, found)
                if quality is not None and quality.is_about_casts:
                    on_bad_value = quality.severity
        settled.append(replace(each.column, on_bad_value=on_bad_value))
    return tuple(settled)


def _add_own_rules(source: YamlFile, described: Described, rules: RuleList, found: Gathering) -> None:
    own, wrong = column_rules(described.prop, described.column)
    for rule in own:
        rules.add(rule)
    for error in wrong:
        _tell(source, error, described.location, f"column '{described.column.name}': ", found)


def _add_quality(
    source: YamlFile,
    rules: RuleList,
    item: DataQuality,
    column: Column | None,
    columns: tuple[Column, ...],
    location: Location,
    found: Gathering,
) -> Rule | None:
    where = f"column '{column.name}': " if column else ""
    try:
        rule = quality_rule(rules.in_our_words(item), column, columns)
    except FactError as error:
        _tell(source, error, location, where, found, "this rule is kept as a note, not checked: ")
        return None
    if rule is None:
        return None
    rule = replace(rule, line=source.line((*location, "query")))
    rules.add(rule, (*location, "name") if item.name else None)
    return rule


def _tell(
    source: YamlFile, error: FactError, location: Location, where: str, found: Gathering, kept: str = ""
) -> None:
    """Gather what is wrong; of what cannot be held to, and of another house's words, a note that it is not."""
    is_theirs = found.is_lenient and not isinstance(error, MistypedError)
    is_kept = is_theirs or isinstance(error, UnheldError)
    told = source.error((*location, error.key), f"{where}{kept if is_kept else ''}{error}", error.hint)
    (found.note if is_kept else found.add)(told)


def _add_service_levels(
    source: YamlFile,
    odcs: OpenDataContractStandard,
    columns: tuple[Column, ...],
    rules: RuleList,
    found: Gathering,
) -> dict[str, object]:
    levels: dict[str, object] = {}
    for position, item in enumerate(odcs.slaProperties or []):
        location: Location = ("slaProperties", position)
        try:
            facts, rule = read_level(item, odcs.slaDefaultElement, columns)
        except FactError as error:
            _tell(source, error, location, "", found, "this service level is kept as a note: ")
            continue
        if levels.keys() & facts.keys():
            message = f"service level '{item.property}' is given twice"
            found.weigh(source.error(location, message, "Keep one of them."))
            continue
        levels |= facts
        if rule is not None:
            rules.add(rule)
    return levels


def _landing_place(source: YamlFile, odcs: OpenDataContractStandard, found: Gathering) -> Place | None:
    with found.part():
        return landing_place(source, odcs)
    return None


def _description(odcs: OpenDataContractStandard, table: SchemaObject) -> str:
    purpose = odcs.description.purpose if odcs.description else None
    return (table.description or purpose or "").strip()


def _owner(source: YamlFile, odcs: OpenDataContractStandard, found: Gathering) -> str:
    """Who answers for the product: the member whose role is an owner's, else the team."""
    members = (odcs.team.members or []) if isinstance(odcs.team, Team) else (odcs.team or [])
    roles = ((member, re.sub(r"[^a-z]", "", (member.role or "").lower())) for member in members)
    owner = next((member.username or member.name for member, role in roles if role.endswith("owner")), None)
    owner = owner or (odcs.team.name if isinstance(odcs.team, Team) else None)
    if owner:
        return owner
    hint = "Add team: {name: ..., members: [{username: ..., role: owner}]}."
    error = source.error(("team",), "the contract names no owner", hint)
    if odcs.team is None:  # ODCS asks for none
        found.note(error)
        return ""
    if isinstance(odcs.team, list) and (name := next((m.username or m.name for m in members), None)):
        found.note(error)
        return name
    found.weigh(error)
    return ""
