"""Processes that build the product of `versions`, and die or are overtaken at a chosen moment of it.

FAULT_TIMES sets how often each dies at each moment.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from meshlake.building.build import build_product
from meshlake.building.context import Step
from meshlake.errors import MeshError
from support.versions import ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyiceberg.catalog.sql import SqlCatalog

    from meshlake.names import ProductName
    from support.small_mesh import SmallMesh

TIMES = int(os.environ.get("FAULT_TIMES", "2"))
BEFORE_COMMIT = "just before the commit"
IN_COMMIT = "new metadata written, catalog not yet told"
AFTER_COMMIT = "just after the commit"
COMMIT_MOMENTS = (BEFORE_COMMIT, IN_COMMIT, AFTER_COMMIT)
MOMENTS = (
    Step.READING,
    Step.STAGING,
    Step.STAGED,
    Step.BRANCHED,
    Step.AUDITED,
    *COMMIT_MOMENTS,
    Step.PUBLISHED,
)
IS_PUBLISHED = frozenset({AFTER_COMMIT, Step.PUBLISHED})


def build(folder: SmallMesh, is_forced: bool = False) -> None:
    """Build the product; exit status 1 with the error printed when it fails."""
    try:
        build_product(folder.workspace, ORDERS, is_forced=is_forced)
    except MeshError:
        sys.exit(1)


def build_and_die(folder: SmallMesh, moment: str) -> None:
    """Build the product, and kill this very process at `moment`."""

    def die_at(_name: ProductName, step: str) -> None:
        if step == moment:
            die()
        if step == Step.AUDITED and moment in COMMIT_MOMENTS:
            at_commit(mesh.lake.catalog, moment, die)

    mesh = folder.workspace
    build_product(mesh, ORDERS, progress=die_at)


def die() -> None:
    """End as the machine's out-of-memory killer would have it: no cleaning up."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_commit(catalog: SqlCatalog, moment: str, act: Callable[[], object]) -> None:
    """Let `act` happen at this moment of the commit that moves this product's `main`, which is the next of it."""
    commit, write = catalog.commit_table, catalog._write_metadata

    def commit_and_act(table, requirements, updates):
        if table.name()[-1] != ORDERS.product:
            return commit(table, requirements, updates)
        if moment == BEFORE_COMMIT:
            act()
        if moment == IN_COMMIT:
            catalog._write_metadata = write_and_act
        response = commit(table, requirements, updates)
        if moment == AFTER_COMMIT:
            act()
        return response

    def write_and_act(*arguments, **options):
        write(*arguments, **options)
        act()

    catalog.commit_table = commit_and_act
