"""A contract file as ODCS: the right kind and version, no unknown key, one table, named as its folder.

What the table's facts mean is read elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject
from pydantic import ValidationError

from meshlake.contract.unknown_keys import unknown_keys
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from meshlake.names import ProductName
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

API_VERSIONS = ("v3.1.0", "v3.2.0")
OBJECT: Location = ("schema", 0)


def parse(source: YamlFile) -> OpenDataContractStandard:
    """The contract as ODCS has it.

    Raises:
        ContractError: it is of another kind or version, is not ODCS, or has a key that ODCS does not know.
    """
    if source.data.get("kind") != "DataContract":
        raise source.error(("kind",), f"kind is {source.data.get('kind')!r}", "Write kind: DataContract.")
    version = source.data.get("apiVersion")
    if version not in API_VERSIONS:
        raise source.error(
            ("apiVersion",), f"apiVersion is {version!r}", f"Use one of {', '.join(API_VERSIONS)}."
        )
    known = {field.alias or name for name, field in OpenDataContractStandard.model_fields.items()}
    for key in source.data:
        if key not in known:
            raise source.error((key,), f"key '{key}' is unknown", nearest(str(key), known))
    try:
        odcs = OpenDataContractStandard(**source.data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"not ODCS: {where}: {first['msg']}, got {first['input']!r}"
        raise source.error(
            tuple(first["loc"]), message, "Texts that look like numbers or dates need quotes."
        ) from error
    for location, known in unknown_keys(odcs, source.data):
        key = str(location[-1])
        hint = nearest(key, known) or f"ODCS knows {', '.join(sorted(known))} here."
        raise source.error(location, f"key '{key}' is unknown", hint)
    return odcs


def check_identity(source: YamlFile, odcs: OpenDataContractStandard, expected: ProductName) -> None:
    """See that the contract is of the product whose folder it lies in.

    Raises:
        ContractError: it names another product, or lacks a version or status.
    """
    wanted = {"id": str(expected), "domain": expected.domain, "dataProduct": expected.product}
    for key, value in wanted.items():
        found = getattr(odcs, key)
        if found != value:
            hint = f"Write {key}: {value}, as the folders are named, or move the folder."
            raise source.error((key,), f"{key} is {found!r}, but the folder is {expected}", hint)
    for key in ("version", "status"):
        if not getattr(odcs, key):
            raise source.error((), f"{key} is missing", f"Add a line '{key}: ...'.")


def only_object(source: YamlFile, odcs: OpenDataContractStandard, expected: ProductName) -> SchemaObject:
    """The table that the contract describes: its one schema object, named as the product and with columns.

    Raises:
        ContractError: there are none or several, or it is named otherwise.
    """
    objects = odcs.schema_ or []
    if len(objects) != 1:
        message = f"schema has {len(objects)} objects, not one"
        raise source.error(("schema",), message, "A product is one table: split it into several products.")
    if objects[0].name != expected.product:
        message = f"the schema object is called {objects[0].name!r}, but the product {expected.product}"
        raise source.error((*OBJECT, "name"), message, f"Write name: {expected.product}.")
    if not objects[0].properties:
        raise source.error(
            OBJECT, "the schema object has no properties", "Add 'properties', one for each column."
        )
    return objects[0]
