"""Where a contract says that its landed dataset lives: the entry `server: landing` of ODCS's `servers`.

Other entries tell people where the product is offered; nothing is read from them. Passwords are settings, never a
contract's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.sources import FILES, SOURCES, Place
from meshlake.types.source import DIALECTS

if TYPE_CHECKING:
    from open_data_contract_standard.model import OpenDataContractStandard, Server

    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

LANDING = "landing"


def landing_place(source: YamlFile, odcs: OpenDataContractStandard) -> Place | None:
    """Where the dataset lives; `None` when it lands as files.

    Raises:
        ContractError: the entry is of a type that nothing can be read from, does not say enough, or is one of two.
    """
    entries = [(i, s) for i, s in enumerate(odcs.servers or []) if s.server == LANDING]
    if not entries:
        return None
    position, server = entries[0]
    location: Location = ("servers", position)
    if len(entries) > 1:
        raise source.error(("servers", entries[1][0]), "server 'landing' is given twice", "Keep one of them.")
    place = _place(server)
    if place is None:
        hint = f"It is local or the name of a store for files, or one of: {', '.join(SOURCES.names[1:])}."
        raise source.error((*location, "type"), f"a dataset cannot land from '{server.type}'", hint)
    if missing := SOURCES.get(place.source).missing(place):
        hint = f"Add '{missing}', the one that holds the table; the table is called as the dataset."
        raise source.error(location, f"server 'landing' names no {missing}", hint)
    return None if place.source == FILES else place


def dialects(odcs: OpenDataContractStandard) -> tuple[str, ...]:
    """Those of the systems that the contract's tables live in, as sqlglot calls them; our landing place is none."""
    types = (str(server.type).lower() for server in odcs.servers or [] if server.server != LANDING)
    return tuple(dict.fromkeys(DIALECTS[type_] for type_ in types if type_ in DIALECTS))


def _place(server: Server) -> Place | None:
    """What the entry says, if it is of a type that a source reads."""
    named = (name for name, source in SOURCES.all().items() if source.is_type(str(server.type)))
    source = next(named, None)
    if source is None:
        return None
    return Place(source, server.database, server.schema_, server.location)
