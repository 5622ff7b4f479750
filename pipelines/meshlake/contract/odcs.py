"""A contract file as ODCS: the right kind and version, no unknown key, one table, named as its folder.

What the table's facts mean is read elsewhere. What is wrong is gathered, and read on as what was most likely meant, so
that one mistake is told once and hides no other.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject
from pydantic import ValidationError

from meshlake.contract.servers import LANDING
from meshlake.contract.unknown_keys import unknown_keys
from meshlake.names import snake_case
from meshlake.suggest import mistyped

if TYPE_CHECKING:
    from meshlake.errors import ContractError
    from meshlake.faults import Gathering
    from meshlake.names import ProductName
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

API_VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")
READ_VERSION = re.compile(r"v?3(\.[0-2](\.\d+)?)?")
_CONVERT = (
    "datacontract-cli converts it: `datacontract export --format odcs FILE`, then `mesh adopt --contract`."
)
# Parts that only people read: what is wrong in them keeps no product from being built.
_FOR_PEOPLE = frozenset(
    (
        "support",
        "price",
        "roles",
        "authoritativeDefinitions",
        "customProperties",
        "tags",
        "context",
        "description",
        "businessName",
        "businessImpact",
        "examples",
        "synonyms",
        "relationships",
    )
)
# Of other houses' contracts: what is wrong in them is kept as a note.
_NO_NEED = frozenset(("servers", "slaProperties", "quality", "logicalTypeOptions", "team", "enum"))
# How keys begin that are for editors and other tools, such as $schema: never a mistyped word of ODCS's.
_OF_TOOLS = ("$", "x-", "_")
OBJECT: Location = ("schema", 0)
_SHOWN = 5


def parse(source: YamlFile, found: Gathering) -> OpenDataContractStandard | None:
    """The contract as ODCS has it; `None` where it is of another version, or too far from ODCS to read on.

    It is gathered that it is of another kind or version, is not ODCS, or has a key that ODCS does not know.
    """
    if (old := _of_another_format(source)) is not None:
        found.add(old)
        return None
    if source.data.get("kind") != "DataContract":
        found.add(
            source.error(("kind",), f"kind is {source.data.get('kind')!r}", "Write kind: DataContract.")
        )
    version = source.data.get("apiVersion")
    if not READ_VERSION.fullmatch(str(version)):
        hint = f"Use one of {', '.join(API_VERSIONS)}."
        found.add(source.error(("apiVersion",), f"apiVersion is {version!r}", hint))
        return None
    found.is_lenient = _is_of_another_house(source.data)
    known = {field.alias or name for name, field in OpenDataContractStandard.model_fields.items()}
    if isinstance(source.data.get("description"), str):
        source.data["description"] = {"purpose": source.data["description"]}
    for key in [key for key in source.data if key not in known]:
        _tell_unknown(source, (key,), known, found)
    odcs = _validated(source, found)
    unknown = [] if odcs is None else list(unknown_keys(odcs, source.data))
    for location, known in unknown:
        _tell_unknown(source, location, known, found)
    return _validated(source, found) if unknown else odcs


def _of_another_format(source: YamlFile) -> ContractError | None:
    """The error that tells a contract of an older format by its name."""
    if "dataContractSpecification" in source.data:
        version = source.data["dataContractSpecification"]
        message = f"this is a contract of the Data Contract Specification {version}, not of ODCS"
        return source.error(("dataContractSpecification",), message, _CONVERT)
    version = str(source.data.get("apiVersion"))
    is_older = version.lstrip("v").startswith(("0.", "1.", "2."))
    if (
        is_older
        and not source.data.get("schema")
        and ("dataset" in source.data or "datasetDomain" in source.data)
    ):
        message = (
            f"this is a contract of ODCS {version}, whose columns are under 'dataset'; 3.0 to 3.2 are read"
        )
        return source.error(("apiVersion",), message, f"Bring it to v3.1.0: {_CONVERT}")
    return None


def _is_of_another_house(data: dict[str, Any]) -> bool:
    """Whether the contract was written elsewhere: its tables live there, or its id is none that ours are given."""
    servers = data.get("servers")
    types = [each for each in servers if isinstance(each, dict)] if isinstance(servers, list) else []
    if any(each.get("server") != LANDING for each in types):
        return True
    return data.get("id") not in (None, f"{data.get('domain')}.{data.get('dataProduct')}")


def _tell_unknown(source: YamlFile, location: Location, known: set[str], found: Gathering) -> None:
    """Tell a key that ODCS does not have: an error where it is a known one mistyped, else a note, whoever wrote it."""
    key = str(location[-1])
    meant = None if key.startswith(_OF_TOOLS) else mistyped(key, known)
    hint = f"Did you mean '{meant}'?" if meant else f"ODCS knows {', '.join(sorted(known))} here."
    error = source.error(location, f"key '{key}' is unknown", hint)
    is_read_by_people = found.is_lenient and meant in _FOR_PEOPLE - {"customProperties"}
    (found.add if meant and not is_read_by_people else found.note)(error)
    source.read_as(location, meant)


def _validated(source: YamlFile, found: Gathering) -> OpenDataContractStandard | None:
    """The file as ODCS; what is not is gathered, and read on as what it looks like, or as if it were not there."""
    for _ in range(2):
        try:
            return OpenDataContractStandard(**source.data | {"kind": "DataContract"})
        except ValidationError as error:
            wrong = {source.held(each["loc"]): each for each in reversed(error.errors())}
        # Of what may be one thing or another, the one that it is not is told at the whole.
        inner = [held for held in wrong if not any(o != held and o[: len(held)] == held for o in wrong)]
        for held in sorted(inner, key=source.line):
            first = wrong[held]
            if first["type"] == "string_type" and _is_plain(first["input"], found):
                _mend(source, held, is_text=True)  # YAML takes 2024-01-05 for more than text
                continue
            where = ".".join(str(part) for part in first["loc"])
            message = f"not ODCS: {where}: {first['msg']}, got {first['input']!r}"
            begin = (
                "begin with { or ["
                if isinstance(first["input"], dict | list)
                else "look like numbers or dates"
            )
            hint = f"Texts that {begin} need quotes."
            passed_over = _FOR_PEOPLE | (_NO_NEED if found.is_lenient else set())
            tell = found.note if any(part in passed_over for part in held) else found.add
            tell(source.error(first["loc"], message, hint))
            _mend(source, held, is_text=first["type"] == "string_type")
    return None


def _is_plain(value: object, found: Gathering) -> bool:
    """Whether YAML made of a text what it is not: a day, and in other houses' contracts numbers and truths too."""
    return isinstance(value, date) or (found.is_lenient and isinstance(value, int | float))


def _mend(source: YamlFile, location: Location, *, is_text: bool) -> None:
    """Let what stands at `location` be the text that it looks like, or not be there."""
    if not location:
        return
    holder, key = source.data, location[-1]
    for part in location[:-1]:
        holder = holder[part]
    if is_text and not isinstance(holder[key], dict | list):
        holder[key] = source.text(location) or str(holder[key])
    elif isinstance(holder, dict):
        del holder[key]
    else:
        holder[key] = {}  # the places of the others stay what they are


def check_identity(
    source: YamlFile, odcs: OpenDataContractStandard, expected: ProductName, found: Gathering
) -> None:
    """See that the contract is of the product whose folder it lies in; what says otherwise is gathered."""
    for key, value in (("domain", expected.domain), ("dataProduct", expected.product)):
        given = getattr(odcs, key)
        if given is not None and given != value and snake_case(given) != value:
            hint = f"Write {key}: {value}, as the folders are named, or move the folder."
            found.add(source.error((key,), f"{key} is {given!r}, but the folder is {expected}", hint))
    for key in ("version", "status"):
        if not getattr(odcs, key):
            found.weigh(source.error((), f"{key} is missing", f"Add a line '{key}: ...'."))


def only_object(source: YamlFile, odcs: OpenDataContractStandard) -> SchemaObject:
    """The table that the contract describes: its one schema object.

    Raises:
        ContractError: there are none or several.
    """
    objects = odcs.schema_ or []
    if len(objects) != 1:
        names = (
            f" ({', '.join(str(each.name) for each in objects[:_SHOWN])}{', ...' * (len(objects) > _SHOWN)})"
        )
        message = f"schema has {len(objects)} objects{names if objects else ''}, not one"
        hint = "A product is one table: split it into several products, as `mesh adopt --contract FILE` does."
        raise source.error(("schema",), message, hint)
    return objects[0]


def check_object(source: YamlFile, table: SchemaObject, expected: ProductName, found: Gathering) -> None:
    """See that the table is named as the product and has columns; what is wrong is gathered."""
    if expected.product not in (table.name, table.physicalName):
        message = f"the schema object is called {table.name!r}, but the product {expected.product}"
        found.add(source.error((*OBJECT, "name"), message, f"Write name: {expected.product}."))
    if not table.properties:
        message = "the schema object has no properties"
        found.add(source.error(OBJECT, message, "Add 'properties', one for each column."))
