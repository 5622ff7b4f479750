"""The values of settings: what each may be, and what is said of one that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.settings_file import folder_at
from meshlake.stores import STORES, scheme_of

if TYPE_CHECKING:
    from pathlib import Path

_CATALOGS = ("sqlite", "postgresql")
# What a look costs on an object store is a list of each dataset's files.
WATCH_SECONDS = 30


def place(value: str, base: Path) -> str:
    """A folder, absolute, or an address of a store that is there, without a slash at its end.

    Raises:
        UsageError: no store is known by its scheme.
    """
    if "://" not in value:
        return str(folder_at(value, base))
    scheme = scheme_of(value)
    if scheme not in STORES or STORES.get(scheme).is_local:
        an = " or ".join(f"{name}://" for name, store in STORES.all().items() if not store.is_local)
        raise UsageError(f"'{value}' is neither a folder nor an {an} address")
    return value.rstrip("/")


def warehouse(value: str, base: Path) -> str:
    """As `place`, where tables can lie.

    Raises:
        UsageError: they cannot.
    """
    found = place(value, base)
    # Iceberg's files are found by addresses, in which these two end the path.
    if wrong := next((character for character in "?#" if character in found), None):
        raise UsageError(
            f"the warehouse cannot lie in {found}: its name has a '{wrong}'",
            "Set MESH_HOME or MESH_WAREHOUSE to another folder.",
        )
    return found


def operational(value: str | None) -> str | None:
    """The address of the operational database.

    Raises:
        UsageError: it is no address of PostgreSQL.
    """
    # The value is not told: it holds a password.
    if value is not None and not value.startswith("postgresql://"):
        raise UsageError(
            "MESH_OPERATIONAL is not the address of a PostgreSQL database",
            "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
        )
    return value


def catalog(value: str) -> str:
    """The address of the catalog.

    Raises:
        UsageError: no catalog is kept in what it names.
    """
    scheme = value.partition(":")[0].partition("+")[0]
    if scheme not in _CATALOGS:
        raise UsageError(
            f"a catalog cannot be kept in '{scheme}'",
            "MESH_CATALOG is sqlite:////FOLDER/catalog.db or postgresql://USER:PASSWORD@HOST/DATABASE.",
        )
    return value


def watch_seconds(value: str | None) -> int:
    """How long to wait between two looks for what is new.

    Raises:
        UsageError: it is no whole number of seconds, or none.
    """
    if value is None:
        return WATCH_SECONDS
    if not value.isdecimal() or int(value) == 0:
        raise UsageError(
            f"watch_seconds '{value}' is no number of seconds", "Write it as MESH_WATCH_SECONDS=60."
        )
    return int(value)
