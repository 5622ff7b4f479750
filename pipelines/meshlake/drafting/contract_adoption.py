"""Adopting somebody's contract: a product's folder of each table, what was changed told and the original kept."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from meshlake.contract.odcs import parse
from meshlake.contract.read import gather_contract, gather_tables
from meshlake.discovery.landed_view import landed_columns
from meshlake.drafting.product_folder import Drafted, default_owner, product_folder, write_product
from meshlake.errors import UsageError
from meshlake.faults import Gathering
from meshlake.names import DatasetName, ProductName, snake_case
from meshlake.products.transform import CONTRACT_FILE
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from open_data_contract_standard.model import OpenDataContractStandard

    from meshlake.settings import Settings

# Nothing reads a file of a product's folder whose name begins so.
ORIGINAL_FILE = "_original.contract.yaml"
# What says how the other system makes a column; here it would be taken for columns of what has landed.
_OF_THE_OTHER_SYSTEM = ("transformSourceObjects", "transformLogic", "partitioned", "partitionKeyPosition")


def adopt_contract(
    settings: Settings, file: Path, as_product: str | None = None, owner: str | None = None
) -> list[Drafted]:
    """Make a product's folder of each table of the contract in `file`; the notes tell what was changed.

    Args:
        settings: the mesh's.
        file: a contract of ODCS 3.0 to 3.2.
        as_product: the product's name, for a contract of one table; else the contract's domain and the table's name.
        owner: who answers for it where the contract names no team; else git's `user.email`, or this machine's user.

    Raises:
        ContractError: it is no contract, telling all that is wrong.
        UsageError: there is no such file, names cannot be made of its words, or a folder is there already.
    """
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file", "Name the file of a contract (ODCS 3).")
    found = Gathering(file)
    source = read_yaml(file, "a contract", "Start with 'apiVersion: v3.1.0'.")
    original = copy.deepcopy(source.data)
    source.data.setdefault("id", _identifier(file))  # what has one is read as another house's
    odcs = parse(source, found)
    if odcs is not None and found.faults:  # to be refused, so with all that is wrong
        gather_tables(source, odcs, found)
    found.refuse()
    if odcs is None:  # then something was gathered
        raise AssertionError(file)
    names = _names(file, odcs, ProductName.parse(as_product) if as_product else None)
    for each in names:
        product_folder(settings.products, each)
    return [_adopt_table(settings, file, original, number, each, owner) for number, each in enumerate(names)]


def _identifier(file: Path) -> str:
    return file.name.partition(".")[0]


def _names(file: Path, odcs: OpenDataContractStandard, name: ProductName | None) -> list[ProductName]:
    tables = odcs.schema_ or []
    if not tables:
        raise UsageError(
            f"{file}: the contract describes no table", "Add 'schema', with one object for each table."
        )
    if len(tables) > 1 and not any(each.properties for each in tables):
        raise UsageError(
            f"{file}: none of its {len(tables)} tables has columns",
            "'schema' lists tables, and the 'properties' of each its columns.",
        )
    if name is not None and len(tables) > 1:
        raise UsageError(
            f"{file}: the contract has {len(tables)} tables, and --as names one product",
            "Leave it out: each table becomes a product of its own, in the contract's domain.",
        )
    if name is not None:
        return [name]
    if not odcs.domain:
        hint = "Say which: --as DOMAIN.PRODUCT, or a line 'domain: ...' in the file."
        raise UsageError(f"{file}: the contract names no domain", hint)
    names = [ProductName(snake_case(odcs.domain), snake_case(str(each.name))) for each in tables]
    if twice := next((each for each in names if names.count(each) > 1), None):
        raise UsageError(f"{file}: two tables would both be {twice}", "Rename one of them in the file.")
    return names


def _adopt_table(
    settings: Settings,
    file: Path,
    original: dict[str, Any],
    number: int,
    name: ProductName,
    owner: str | None,
) -> Drafted:
    notes: list[str] = []
    contract = copy.deepcopy(original)
    tables = contract["schema"]
    if len(tables) > 1:
        notes.append(f"one of {len(tables)} tables of {file.name}: {tables[number].get('name')}")
    table = tables[number]
    contract["schema"] = [table]
    _set(contract, "domain", name.domain, notes)
    _set(contract, "dataProduct", name.product, notes)
    _set(table, "name", name.product, notes, "the table's name")
    for key, value in (("id", _identifier(file)), ("version", "1.0.0"), ("status", "draft")):
        if contract.get(key) is None:
            _set(contract, key, value, notes)
    if contract.get("team") is None:
        contract["team"] = {
            "name": name.domain,
            "members": [{"username": owner or default_owner(), "role": "owner"}],
        }
        notes.append(f"it names no team: {contract['team']['members'][0]['username']} is its owner")
    _leave_out(table, notes)
    notes += _compared(settings, name, table)
    kept = {ORIGINAL_FILE: file.read_bytes()}
    drafted = write_product(settings, name, contract, None, notes, kept)
    return Drafted(name, drafted.folder, drafted.files, (*notes, *_told(drafted, name)))


def _set(holder: dict[str, Any], key: str, value: str, notes: list[str], what: str | None = None) -> None:
    given = holder.get(key)
    if given != value:
        notes.append(f"{what or key} {'added' if given is None else repr(given)}: {value}")
        holder[key] = value


def _leave_out(table: dict[str, Any], notes: list[str]) -> None:
    for key in _OF_THE_OTHER_SYSTEM:
        holders = [prop for prop in table.get("properties") or [] if isinstance(prop, dict) and prop.get(key)]
        for prop in holders:
            del prop[key]
        if holders and key != "partitionKeyPosition":
            named = ", ".join(str(prop.get("name")) for prop in holders)
            notes.append(f"{key} is the other system's, so left out of {CONTRACT_FILE}: {named}")


def _compared(settings: Settings, name: ProductName, table: dict[str, Any]) -> list[str]:
    """What the landed dataset of the product's name has; columns that are only spelled otherwise are led to."""
    dataset = DatasetName(name.domain, name.product)
    landed = landed_columns(settings, dataset)
    if landed is None:
        return [
            f"{dataset} has not landed: land its files, or name another dataset as customProperty 'source'"
        ]
    spelled = {snake_case(column): column for column in landed}
    props = [prop for prop in table.get("properties") or [] if isinstance(prop, dict) and prop.get("name")]
    missing, met = [], set()
    for prop in props:
        column = _column_of(prop, landed, spelled)
        if column is None:
            missing.append(str(prop["name"]))
            continue
        met.add(column)
        if column != prop["name"]:
            prop["transformSourceObjects"] = [column]
    notes = [f"compared with {dataset}: {len(met)} of {len(props)} columns are there"]
    notes += [f"not in {dataset}: {_listed(missing)}"] if missing else []
    extra = [column for column in landed if column not in met]
    return notes + ([f"in {dataset}, and not in the contract: {_listed(extra)}"] if extra else [])


def _column_of(prop: dict[str, Any], landed: list[str], spelled: dict[str, str]) -> str | None:
    wanted = [str(prop[key]) for key in ("name", "physicalName") if prop.get(key)]
    exact = next((each for each in wanted if each in landed), None)
    return exact or next((spelled[snake_case(each)] for each in wanted if snake_case(each) in spelled), None)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _told(drafted: Drafted, name: ProductName) -> list[str]:
    """What keeps the drafted contract from being built, and what it is not held to."""
    path = drafted.folder / CONTRACT_FILE
    found = Gathering(path)
    gather_contract(path, name, found)
    wrong = [f"to mend, line {fault.line}: {fault.message}" for fault in found.faults]
    return wrong + [f"line {fault.line}: {fault.message}" for fault in found.notes]
