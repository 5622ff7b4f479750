"""Settings of a mesh: `MESH_*` variables, then `mesh.toml` in the working folder, then defaults.
All are read here and nowhere else. Secrets are kept out of `repr`, so that no log can print them."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from meshlake import settings_values
from meshlake.errors import UsageError
from meshlake.memory import limit_process
from meshlake.settings_file import folder_at, home_at, read_settings_file, working_folder
from meshlake.stores import STORES, scheme_of
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from _typeshed import DataclassInstance

    from meshlake.stores import Store

SETTINGS_FILE = "mesh.toml"
DEFAULT_HOME = ".mesh"
_PREFIX = "MESH_"
OF_SOURCES = "source_"  # a source's name follows, and an option that the source itself knows
# How long libpq waits for a server of which nothing is heard, in seconds but for the last; else for minutes.
_CATALOG_PATIENCE = {
    "connect_timeout": "4",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
# Read by Meshlake but not a setting of a mesh: where downloaded servers are kept between meshes.
_OTHER_VARIABLES = frozenset({"MESH_CACHE", "MESH_DEBUG"})


def _told(description: str) -> dict[str, str]:
    return {"description": description}


@dataclass(frozen=True)
class Settings:
    """All that tells one mesh from another. Folders are absolute; `landing` and `warehouse` may be a store's addresses.

    `stores` are the stores that anything was set of, `source_options` what was set of sources without a setting here.
    """

    home: Path = field(metadata=_told("The folder of all that Meshlake keeps; `.mesh` if not said."))
    landing: str = field(metadata=_told("Where files land: a folder or an address; `landing` in home."))
    products: Path = field(metadata=_told("The folder of product folders; `data_products` if not said."))
    questions: Path = field(metadata=_told("The folder of saved questions; `sql/questions` if not said."))
    engine: str = field(metadata=_told("What runs SQL; `duckdb` if not said."))
    warehouse: str = field(
        metadata=_told("Where rows are published: a folder or a store's address; `warehouse` in home.")
    )
    catalog: str = field(
        repr=False,
        metadata=_told("Where the catalog is: sqlite:////FOLDER/catalog.db, or a postgresql:// address."),
    )
    memory_limit: int = field(metadata=_told("What DuckDB may take: `4GB`; half of the memory if not said."))
    trino: str | None = field(
        default=None, repr=False, metadata=_told("The address of Trino, http:// or https://.")
    )
    operational: str | None = field(
        default=None, repr=False, metadata=_told("The address of the operational database, postgresql://.")
    )
    timezone: str = field(default="UTC", metadata=_told("The zone that answers are in; UTC if not said."))
    watch_seconds: int = field(
        default=settings_values.WATCH_SECONDS,
        metadata=_told("How often `mesh ui` looks for new files, in seconds; 30 if not said."),
    )
    stores: tuple[Store, ...] = ()
    source_options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def mesh_file(self) -> Path:
        """The DuckDB file of views that any DuckDB client opens."""
        return self.home / "mesh.duckdb"

    @property
    def models(self) -> str:
        """Where fitted model versions are kept."""
        return self.kept("models")

    @property
    def scratch(self) -> Path:
        """Where engines spill what does not fit into memory."""
        return self.home / "scratch"

    def store_of(self, place: str) -> Store:
        """The store that `place` (a path or an address) is in."""
        scheme = scheme_of(place)
        return next((store for store in self.stores if store.scheme == scheme), None) or STORES.get(scheme)()

    def of_source(self, name: str) -> dict[str, str]:
        """What was set of the source `name`, by option: `MESH_SOURCE_SQLITE_FILE` is `file` of `sqlite`."""
        prefix = f"{OF_SOURCES}{name}_"
        return {k.removeprefix(prefix): v for k, v in self.source_options if k.startswith(prefix)}

    def with_files_alone(self) -> Settings:
        """The same mesh as if no other source were set."""
        return replace(self, operational=None, source_options=())

    @property
    def used_stores(self) -> tuple[Store, ...]:
        """The stores of the landing zone and the warehouse, each once."""
        return tuple(dict.fromkeys(self.store_of(place) for place in (self.landing, self.warehouse)))

    @property
    def is_embedded(self) -> bool:
        """Whether the catalog is SQLite, which needs no server."""
        return self.catalog.startswith("sqlite:")

    def kept(self, name: str) -> str:
        """The place of other files that builds keep: in home, or beside tables that are for several machines."""
        is_local = self.store_of(self.warehouse).is_local
        return str(self.home / name) if is_local else f"{self.warehouse}/_{name}"

    def make_home(self) -> Path:
        """The folder of lake, catalog and state: see `make_home`."""
        return make_home(self.home)

    def on(self, engine: str | None) -> Settings:
        """The same mesh with `engine` as its engine; unchanged when that is None."""
        return self if engine is None else replace(self, engine=engine)

    @property
    def catalog_uri(self) -> str:
        """`catalog` as it is opened: a server that is gone is not waited for without end."""
        if self.is_embedded:
            return self.catalog
        address, _, given = self.catalog.partition("?")
        return f"{address}?{urlencode(_CATALOG_PATIENCE | dict(parse_qsl(given)))}"


def make_home(home: Path) -> Path:
    """`home`, made if it is not there; git does not see one that is made here, nor any of the default's name.

    Another folder that was there may be the user's own: nothing is written to it.
    """
    if not home.exists() or home.name == DEFAULT_HOME:
        home.mkdir(parents=True, exist_ok=True)
        if not (ignored := home / ".gitignore").exists():
            with suppress(OSError):  # who may only read it has nothing to hide from git
                ignored.write_text("*\n", encoding="utf-8")
    return home


_GATHERED = frozenset({"stores", "source_options"})
_PLAIN = tuple(each.name for each in fields(Settings) if each.name not in _GATHERED)


def load_settings(
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    chosen: Mapping[str, str] | None = None,
    is_lenient: bool = False,
) -> Settings:
    """Read the settings that hold in `folder` (the working folder unless given).

    Args:
        environ: the variables, those of this process unless given.
        folder: where `mesh.toml` is, and what relative paths are below.
        chosen: settings by the names that `mesh.toml` has for them; they go before all others.
        is_lenient: pass over what is wrong in `mesh.toml`.

    Raises:
        UsageError: an unknown name in `mesh.toml`, among the `MESH_*` variables or in `chosen`, or a value that cannot
            be.
    """
    environ, folder = os.environ if environ is None else environ, working_folder(folder)
    given = (
        read_settings_file(folder / SETTINGS_FILE, _is_setting, _nearest_setting, is_lenient=is_lenient)
        | _from_environment(environ)
        | dict(chosen or {})
    )
    _refuse_unknown(given)
    home = home_at(given.get("home", DEFAULT_HOME), folder)
    return Settings(
        home=home,
        landing=settings_values.place(given.get("landing", str(home / "landing")), folder),
        products=folder_at(given.get("products", "data_products"), folder),
        questions=folder_at(given.get("questions", "sql/questions"), folder),
        engine=given.get("engine", "duckdb"),
        warehouse=settings_values.warehouse(given.get("warehouse", str(home / "warehouse")), folder),
        catalog=settings_values.catalog(given.get("catalog", f"sqlite:///{home / 'catalog.db'}")),
        memory_limit=limit_process(given.get("memory_limit")),
        trino=given.get("trino"),
        operational=settings_values.operational(given.get("operational")),
        timezone=given.get("timezone", "UTC"),
        watch_seconds=settings_values.watch_seconds(given.get("watch_seconds")),
        stores=_stores(given),
        source_options=tuple((k, v) for k, v in given.items() if k.startswith(OF_SOURCES)),
    )


def without_keys(address: str) -> str:
    """`address` without user, password and options, to be told.

    Example:
        >>> without_keys("postgresql://mesh:secret@db:5432/mesh?sslmode=require")
        'postgresql://db:5432/mesh'
    """
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def known_settings() -> dict[str, str]:
    """What each setting says, by the name `mesh.toml` has for it; variables are the same in capitals behind `MESH_`."""
    told = {each.name: each.metadata["description"] for each in fields(Settings) if each.name in _PLAIN}
    for name, store in STORES.all().items():
        told |= {f"{name}_{each}": f"The {each.replace('_', ' ')} of {name}." for each in _options(store)}
    return told


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(_PREFIX) and name not in _OTHER_VARIABLES and value
    }


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in given:
        if not _is_setting(name):
            message = f"'{name}' is not a setting ({_PREFIX}{name.upper()} or {SETTINGS_FILE})"
            raise UsageError(message, _nearest_setting(name))


def _is_setting(name: str) -> bool:
    return name in _PLAIN or name.startswith(OF_SOURCES) or _store_option(name) is not None


def _nearest_setting(name: str) -> str:
    known = known_settings()
    return did_you_mean(name, known, f"Known settings: {', '.join(known)}.")


def _store_option(name: str) -> tuple[str, str] | None:
    """The store and its option that the setting `name` is of; no store is loaded for names that cannot be one's."""
    scheme, _, option = name.partition("_")
    is_one = scheme in STORES and option in _options(STORES.get(scheme))
    return (scheme, option) if is_one else None


def _options(store: type[Store]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(cast("type[DataclassInstance]", store)))


def _stores(given: Mapping[str, str]) -> tuple[Store, ...]:
    options: dict[str, dict[str, str]] = {}
    for name, value in given.items():
        if name not in _PLAIN and (found := _store_option(name)):
            options.setdefault(found[0], {})[found[1]] = value
    return tuple(STORES.get(scheme)(**values) for scheme, values in options.items())
