"""What kept a product's last build from publishing: one small file for each, gone with the product's next good build.

The history of builds is Dagster's (docs/adr/0005); this is what `mesh list` tells without loading it. The files lie
where models do: beside the tables when those are for several machines.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meshlake.errors import MeshError, ServiceError, StorageError, UsageError
from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.lake.snapshot import Snapshot
    from meshlake.settings import Settings

_FOLDER = "failures"
_SUFFIX = ".json"


@dataclass(frozen=True)
class FailedBuild:
    """A product's last build, which failed.

    Args:
        failed_at: when, in UTC.
        error: what it said, over several lines where it names values.
        hint: what to do about it.
    """

    failed_at: str
    error: str
    hint: str | None

    @property
    def reason(self) -> str:
        """The error in one line."""
        return self.error.partition("\n")[0]

    def as_dict(self) -> dict[str, str | None]:
        """As JSON-able facts."""
        return asdict(self)

    def is_before(self, head: Snapshot | None) -> bool:
        """Whether another machine, which keeps its own failures, has published since."""
        return head is not None and f"{head.published_at:%Y-%m-%d %H:%M:%S}" > self.failed_at


@contextmanager
def keeping_failure(settings: Settings, name: ProductName) -> Iterator[None]:
    """Remember the failure of a build of `name`, and forget the one before when it goes well.

    Where nothing can be written, as on a full disk, the build's own error is the one to tell; and at once where a
    server is away, perhaps the one that keeps failures.
    """
    folder = settings.kept(_FOLDER)
    store, place = settings.store_of(folder), f"{folder}/{name}{_SUFFIX}"
    try:
        yield
    except Exception as error:
        if store.is_local or not isinstance(error, ServiceError | StorageError):
            with suppress(OSError, MeshError):
                store.write(place, _content(name, error))
        raise
    with suppress(OSError, MeshError):
        store.remove([place])


def failed_builds(settings: Settings) -> Mapping[ProductName, FailedBuild]:
    """The products whose last build failed."""
    folder = settings.kept(_FOLDER)
    store = settings.store_of(folder)
    found = {}
    for file in store.files(folder, is_visible=lambda name: not name.startswith(".")):
        if (content := store.read(file.path)) is not None:
            found[ProductName.parse(file.name.removesuffix(_SUFFIX))] = FailedBuild(**json.loads(content))
    return found


def never_published(settings: Settings, name: ProductName) -> UsageError:
    """The error of who asks for what was not published yet; where that is so since its build failed, it says why."""
    failed = failed_builds(settings).get(name)
    build = f"mesh build {name}"
    hint = (
        f"Its last build failed: {failed.reason}. Correct that, then: {build}"
        if failed
        else f"Run `{build}`."
    )
    return UsageError(f"{name} was never published", hint)


def _content(name: ProductName, error: Exception) -> bytes:
    told = error if isinstance(error, MeshError) else MeshError(f"{type(error).__name__}: {error}")
    failed = FailedBuild(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}", told.message.removeprefix(f"{name}: "), told.hint
    )
    return json.dumps(failed.as_dict(), ensure_ascii=False).encode("utf-8", "backslashreplace")
