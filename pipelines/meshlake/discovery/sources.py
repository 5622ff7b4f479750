"""What can be discovered, and what of it a user's words name: landed datasets, and tables of the operational database.

A name may be written with what holds it before it (`landing.crm.people`, `operational.crm.people`), and must be where
both have it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.landing.operational import database_address
from meshlake.landing.operational_catalog import CatalogTable, list_tables
from meshlake.names import LANDING_CATALOG, OPERATIONAL_CATALOG, DatasetName

if TYPE_CHECKING:
    from meshlake.landing.zone import LandingZone
    from meshlake.settings import Settings

Source = DatasetName | CatalogTable


def chosen_sources(settings: Settings, zone: LandingZone, what: str | None) -> list[Source]:
    """The sources that `what` names: a domain or schema, one of them, or None for all.

    Raises:
        UsageError: there is nothing of that name, naming what there is.
        LandingError: the operational database does not answer, or refuses.
    """
    known: list[Source] = [*zone.datasets(), *_tables(settings, what)]
    places = zone.root
    if settings.operational:
        places += f", nor is there a table in PostgreSQL at {database_address(settings.operational)}"
    if not known:
        hint = "Land files first: mesh land PATH --domain DOMAIN"
        raise UsageError(f"nothing has landed in {places}", hint)
    found = [source for source in known if what is None or what in _names(source)]
    if found or what is None:
        return found
    names = {_short(source) if "." in what else _short(source).partition(".")[0] for source in known}
    plain = what.removeprefix(f"{LANDING_CATALOG}.").removeprefix(f"{OPERATIONAL_CATALOG}.")
    near = get_close_matches(plain, sorted(names), n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(names))}."
    raise UsageError(f"'{what}' has not landed in {places}", hint)


def chosen_source(settings: Settings, zone: LandingZone, what: str) -> Source:
    """The one source that `what` names.

    Raises:
        UsageError: there is none, or one in each place, or it is a domain.
        LandingError: the operational database does not answer, or refuses.
    """
    sources = chosen_sources(settings, zone, what)
    found = [source for source in sources if what in {str(source), _short(source)}]
    if not found:
        raise UsageError(f"'{what}' is a domain", f"Name one of it, for example {_short(sources[0])}.")
    if len(found) > 1:
        hint = f"Name one of them: {', '.join(map(str, found))}."
        raise UsageError(f"{what} is both landed files and a table", hint)
    return found[0]


def _tables(settings: Settings, what: str | None) -> list[CatalogTable]:
    is_asked = what is None or what.partition(".")[0] != LANDING_CATALOG
    return list_tables(settings.operational) if settings.operational and is_asked else []


def _names(source: Source) -> set[str]:
    catalog, domain, name = str(source).split(".", 2)
    return {catalog, domain, f"{domain}.{name}", f"{catalog}.{domain}", str(source)}


def _short(source: Source) -> str:
    return str(source).partition(".")[2]
