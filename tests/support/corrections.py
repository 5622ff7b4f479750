"""A landed dataset of several files whose every version is known by its rows alone, and processes that replace it.

Rows of two versions, or part of one, give themselves away: see `support.versions`.
"""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING, Any

from meshlake.landing.arrival import land
from meshlake.landing.zone import files_zone
from support.moments import die
from support.versions import BASE_ROWS, read_on, reading, run, whole_version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from support.small_mesh import SmallMesh

FILES = 4
# The new files are staged, and then a journal says that they take the places of the old: from then on they have.
IS_DONE_FROM = FILES + 1
# A mark before the moves, the moves, a mark behind them, and the journal and the staging folder go.
STEPS = IS_DONE_FROM + 1 + FILES + 1 + 2
_CHANGES = frozenset({"add", "write", "move", "remove", "remove_folder"})
_SUMMARY = (
    "SELECT count(*) AS n, min(CAST(version AS BIGINT)) AS low, max(CAST(version AS BIGINT)) AS high, "
    "sum(CAST(id AS BIGINT))::BIGINT AS ids FROM landing.shop.orders"
)


class DyingStore:
    """A store of any kind that ends this very process before its nth change."""

    def __init__(self, store: Any, left: int) -> None:
        self._store, self._left = store, left

    def __getattr__(self, name: str) -> Any:
        act = getattr(self._store, name)
        return partial(self._counted, act) if name in _CHANGES else act

    def _counted(self, act: Any, *arguments: Any) -> Any:
        if self._left == 0:
            die()
        self._left -= 1
        return act(*arguments)


def replace_and_die(folder: SmallMesh, version: int, steps: int) -> None:
    """Let version `version` take the place of the one before, and kill this very process after `steps` steps."""
    zone = files_zone(folder.settings)
    zone.store = DyingStore(zone.store, steps)
    land(_files(folder.root / "inbox" / str(version), version), zone, "shop", "orders", is_replacing=True)


def replace(folder: SmallMesh, versions: Iterable[int]) -> None:
    """Let each version take the place of the one before."""
    for version in versions:
        files = _files(folder.root / "inbox" / str(version), version)
        land(files, files_zone(folder.settings), "shop", "orders", is_replacing=True)


def landed_version(folder: SmallMesh) -> int | None:
    """The version that a question finds; `None` when it is no whole one."""
    (seen,) = folder.open().sql(_SUMMARY).dicts()
    return whole_version((seen["n"], seen["low"], seen["high"], seen["ids"]))


def hold_kills_and_replacements(folder: SmallMesh, steps: Iterable[int], times: int) -> None:
    """See that readers at work find whole versions while processes die at each of `steps`, then replace `times` more.

    Raises:
        AssertionError: a reader found a mixture, or not the version that there has to be.
    """
    replace(folder, [1])
    there = 1
    reader = partial(read_on, read=landed_version, pause_seconds=0.1)
    with reading(folder, [reader]) as seen:
        for version, step in enumerate(steps, 2):
            assert run(replace_and_die, folder, version, step) == -signal.SIGKILL
            there = version if step >= IS_DONE_FROM else there
            assert landed_version(folder) == there
        last = version + times
        assert run(replace, folder, range(version + 1, last + 1)) == 0
        assert landed_version(folder) == last
        assert len(seen) > 1
        assert None not in list(seen)


def _files(inbox: Path, version: int) -> list[Path]:
    inbox.mkdir(parents=True, exist_ok=True)
    paths = [inbox / f"part{number}.csv" for number in range(FILES)]
    for number, path in enumerate(paths):
        rows = "".join(f"{i},{version}\n" for i in range(number, BASE_ROWS + version, FILES))
        path.write_text(f"id,version\n{rows}", encoding="utf-8")
    return paths
