"""A mesh in a Dagster code location of one's own.

Example:
    >>> import dagster as dg
    >>> import meshlake
    >>> from meshlake.dagster import definitions
    >>> @dg.asset(deps=[dg.AssetKey(["shop", "plans"])])
    ... def letter() -> None: ...
    >>> defs = dg.Definitions.merge(definitions(mesh), dg.Definitions(assets=[letter]))
    >>> sorted(key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys())
    ['landing/shop/customers', 'letter', 'shop/customers', 'shop/plans']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import meshlake
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.outages import open_workspace_in_time

if TYPE_CHECKING:
    import dagster as dg

    from meshlake.mesh import Mesh


def definitions(mesh: Mesh | None = None) -> dg.Definitions:
    """The products and landed datasets of `mesh` as assets with their checks, jobs, schedules and sensors.

    They are those that `mesh ui` shows. `dagster.Definitions.merge` puts them together with others; the key of
    `crm.customers` is `crm/customers`. Its jobs and sensors keep to the mesh's own assets. Dagster takes each name once
    in a code location: of jobs `build` and `clean`, of sensors `new_files`, `rebuild_what_changed`,
    `retrain_what_is_off` and `boost_from_new_data`, of schedules `clean_every_night` and `retrain__...`, of resources
    `reporter`, and one executor. Whoever has one of these already gives the mesh a code location of its own in the same
    workspace.

    Builds of one product that run at the same time are safe: one of them starts over. What the `dagster.yaml` of
    Meshlake adds, that a run whose process is gone is ended and launched again, is the instance's to take over. A day
    that lands is shown as a partition once the code location is loaded anew, and built before.

    Args:
        mesh: the mesh of the working folder when not given.

    Raises:
        UsageError: settings or the folder of products cannot be read.
        ServiceError: a server that the settings name cannot be used.
    """
    return mesh_definitions(open_workspace_in_time((mesh or meshlake.open()).settings))
