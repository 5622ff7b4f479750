"""What can be discovered, and what of it a user's words name: what every source of the settings has.

A name may be written with what holds it before it (`landing.crm.people`, `operational.crm.people`), and must be where
several have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.sources import configured_sources
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from meshlake.settings import Settings
    from meshlake.sources import Found


def chosen_sources(settings: Settings, what: str | None) -> list[Found]:
    """All that `what` names: a domain or schema, one dataset or table, or None for all.

    Raises:
        UsageError: there is nothing of that name, naming what there is.
        LandingError: a source does not answer, or refuses.
    """
    sources = configured_sources(settings)
    catalogs = {source.catalog for source in sources}
    first = what.partition(".")[0] if what is not None else None
    asked = [source for source in sources if first not in catalogs - {source.catalog}]
    known = [each for source in asked for each in source.found()]
    places = ", nor is there ".join(source.where for source in sources)
    if not known:
        raise UsageError(
            f"nothing has landed in {places}", "Land files first: mesh land PATH --domain DOMAIN"
        )
    found = [each for each in known if what is None or what in _names(each)]
    if found or what is None:
        return found
    names = {_short(each) if "." in what else _short(each).partition(".")[0] for each in known}
    plain = what.partition(".")[2] if first in catalogs and "." in what else what
    hint = did_you_mean(plain, sorted(names), f"There are: {', '.join(sorted(names))}.")
    raise UsageError(f"'{what}' has not landed in {places}", hint)


def chosen_source(settings: Settings, what: str) -> Found:
    """The one dataset or table that `what` names.

    Raises:
        UsageError: there is none, or one in several sources, or it is a domain.
        LandingError: a source does not answer, or refuses.
    """
    sources = chosen_sources(settings, what)
    found = [each for each in sources if what in {str(each), _short(each)}]
    if not found:
        raise UsageError(f"'{what}' is a domain", f"Name one of it, for example {_short(sources[0])}.")
    if len(found) > 1:
        hint = f"Name one of them: {', '.join(map(str, found))}."
        raise UsageError(f"{what} is both {' and '.join(each.noun for each in found)}", hint)
    return found[0]


def _names(found: Found) -> set[str]:
    catalog, domain, name = str(found).split(".", 2)
    dataset = name.partition("/")[0]  # what lies in the folders of a dataset is asked for with it
    return {catalog, domain, f"{domain}.{name}", f"{domain}.{dataset}", f"{catalog}.{domain}", str(found)}


def _short(found: Found) -> str:
    return str(found).partition(".")[2]
