"""Meshlake: from a bucket of unknown files to data products you can trust, and models on top of them.

`meshlake.open()` is the front door: it gives a `Mesh`, whose methods are what the command `mesh` does. Nothing heavy is
loaded before it is used.

Inside, read the subpackages in the order of a datum: `landing`, `discovery`, `drafting`, `contract`, `products`,
`engines`, `lake`, `audit`, `models`, `building`, `query`; `orchestration` alone knows Dagster, `mesh` is what Python
code sees, `cli` alone prints. Domain logic belongs in `data_products/`, model code in `ml_assets/`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meshlake.errors import (
        AuditError,
        BuildError,
        ConflictError,
        ContractError,
        IncompleteBuildError,
        LandingError,
        MeshError,
        MissingPackageError,
        NotLandedError,
        ServiceError,
        StorageError,
        SystemFailure,
        UsageError,
    )
    from meshlake.mesh import Answer, DataProduct, Mesh
    from meshlake.mesh import init_mesh as init
    from meshlake.mesh import open_mesh as open  # noqa: A004 - like gzip.open

    __version__: str

if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs it from a checkout, or without pip, is told in one line
    _told = "Meshlake needs Python 3.11 or newer, and {} is Python {}.{}.".format(
        sys.executable, *sys.version_info
    )
    # The command `mesh` and `python -m` end with the line; code that imports gets an error it can catch.
    raise (SystemExit if sys.argv[0].endswith(("mesh", "-m")) else ImportError)(_told)

__all__ = [  # noqa: RUF022 - the front door first
    "open",
    "init",
    "Mesh",
    "DataProduct",
    "Answer",
    "__version__",
    "AuditError",
    "BuildError",
    "ConflictError",
    "ContractError",
    "IncompleteBuildError",
    "LandingError",
    "MeshError",
    "MissingPackageError",
    "NotLandedError",
    "ServiceError",
    "StorageError",
    "SystemFailure",
    "UsageError",
]
_FRONT_DOOR = {
    "open": "meshlake.mesh:open_mesh",
    "init": "meshlake.mesh:init_mesh",
    "Mesh": "meshlake.mesh:Mesh",
    "DataProduct": "meshlake.mesh:DataProduct",
    "Answer": "meshlake.mesh:Answer",
}
# What else is offered, but the version, is an error.
_PLACES = {
    name: _FRONT_DOOR.get(name, f"meshlake.errors:{name}") for name in __all__ if name != "__version__"
}


def __getattr__(name: str) -> Any:
    """What the package offers, loaded when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("meshlake")
    if name == "dagster":
        return import_module("meshlake.dagster")
    if name not in _PLACES:
        raise AttributeError(f"module 'meshlake' has no attribute '{name}'")
    module, _, attribute = _PLACES[name].partition(":")
    return globals().setdefault(name, getattr(import_module(module), attribute))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
