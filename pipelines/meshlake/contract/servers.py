"""Where a contract says that its landed dataset lives: the entry `server: landing` of ODCS's `servers`.

Other entries tell people where the product is offered; nothing is read from them. Addresses and passwords are settings,
never a contract's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.contract.model import LandingDatabase

if TYPE_CHECKING:
    from open_data_contract_standard.model import OpenDataContractStandard

    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

_LANDING = "landing"
_DATABASE_TYPES = frozenset({"postgresql", "postgres"})
_FILE_TYPES = frozenset({"local", "s3"})


def landing_database(source: YamlFile, odcs: OpenDataContractStandard) -> LandingDatabase | None:
    """The database that holds the dataset as a table; `None` when it lands as files.

    Raises:
        ContractError: the entry is of a type that nothing can be read from, names no schema, or is one of two.
    """
    entries = [(i, s) for i, s in enumerate(odcs.servers or []) if s.server == _LANDING]
    if not entries:
        return None
    position, server = entries[0]
    location: Location = ("servers", position)
    if len(entries) > 1:
        raise source.error(("servers", entries[1][0]), "server 'landing' is given twice", "Keep one of them.")
    if server.type in _FILE_TYPES:
        return None
    if server.type not in _DATABASE_TYPES:
        hint = "It is postgresql for a table, or s3 or local for files."
        raise source.error((*location, "type"), f"a dataset cannot land from '{server.type}'", hint)
    if not server.schema_:
        hint = "Add 'schema', the one that holds the table; the table is called as the dataset."
        raise source.error(location, "server 'landing' names no schema", hint)
    return LandingDatabase(database=server.database, schema=server.schema_)
