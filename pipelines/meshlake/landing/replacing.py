"""Files of a dataset replaced or removed together: whoever lists the dataset sees all of it before, or all after.

The new files are written where no listing looks. A journal beside them, put there whole, says which take whose place:
from then on it has happened, and whoever comes upon the journal, be it after a kill, moves what is not moved yet. A
mark is changed before the moves and after, so that a listing during which it changed is made again. So it is on a disk
and on S3 alike; only moving is the store's. A single move puts a file in place of another at once.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.formats.unreadable import ReadAgainError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from meshlake.stores import Store, StoredFile

# Both begin with what is never visible as data.
JOURNAL = "_replacing-"
_MARK = "_replaced"
_STAGED = "_replacing"
_ATTEMPTS = 20


class ReplacedError(ReadAgainError):
    """What was read of a dataset may be of some files as they were and of some as they are: it is to be read again."""

    def __init__(self, file: str) -> None:
        LandingError.__init__(self, f"{file} was replaced or removed while it was read", "Run it again.")


class FolderChange:
    """What is to become of the files of the dataset in `folder`: staged with `stage` and `remove`, done by `commit`."""

    def __init__(self, store: Store, folder: str) -> None:
        self._store, self._folder = store, folder
        self._id = uuid.uuid4().hex
        self._moves: dict[str, str] = {}
        self._removed: list[str] = []

    def stage(self, source: Path, name: str) -> None:
        """Copy `source`, to be the file `name` of the folder."""
        staged = f"{_STAGED}/{self._id}/{len(self._moves)}"
        self._store.add(source, f"{self._folder}/{staged}")
        self._moves[staged] = name

    def remove(self, names: Sequence[str]) -> None:
        """Have the files `names` of the folder go."""
        self._removed += names

    def commit(self) -> None:
        """Let it happen."""
        if self._moves or self._removed:
            content = json.dumps({"moves": self._moves, "removed": self._removed}).encode()
            address = f"{self._folder}/{JOURNAL}{self._id}"
            self._store.write(address, content)
            finish(self._store, self._folder, address)

    def discard(self) -> None:
        """Take away what was staged, after a failure; what a kill leaves is never seen."""
        self._store.remove_folder(f"{self._folder}/{_STAGED}/{self._id}")


def consistent_files(
    store: Store, folder: str, listed: Callable[[], Sequence[StoredFile]]
) -> Sequence[StoredFile]:
    """The files that `listed` finds in `folder`, journals too, when none was being moved meanwhile.

    Raises:
        LandingError: they were moved all the time.
    """
    for _ in range(_ATTEMPTS):
        before = store.read(f"{folder}/{_MARK}")
        files = listed()
        journals = [file for file in files if is_journal(file.path.rpartition("/")[2])]
        for journal in journals:
            finish(store, folder, journal.path)
        if not journals and store.read(f"{folder}/{_MARK}") == before:
            return files
    raise LandingError(f"{folder}: its files are being replaced all the time", "Try again.")


def is_journal(name: str) -> bool:
    """Whether a file of this name says that others are being replaced."""
    return name.startswith(JOURNAL)


def finish(store: Store, folder: str, journal: str) -> None:
    """Move what the journal says and is not moved yet; any number of processes may do so at once."""
    content = store.read(journal)
    if content is None:  # another has finished it
        return
    facts = json.loads(content)
    _mark(store, folder)
    _move(store, folder, facts["moves"])
    removed = {f"{folder}/{name}" for name in facts["removed"]}
    if removed:
        for file in store.files(folder):
            if file.path in removed:
                _gone(partial(store.remove, [file.path]))
    _mark(store, folder)
    _gone(partial(store.remove, [journal]))
    store.remove_folder(f"{folder}/{_STAGED}/{journal.rpartition(JOURNAL)[2]}")


def _move(store: Store, folder: str, moves: Mapping[str, str]) -> None:
    for staged, name in moves.items():
        _gone(partial(store.move, f"{folder}/{staged}", f"{folder}/{name}"))


def _mark(store: Store, folder: str) -> None:
    # On a disk another process that does so at the same moment takes the file away; then it is changed by that.
    _gone(partial(store.write, f"{folder}/{_MARK}", uuid.uuid4().hex.encode()))


def _gone(act: Callable[[], None]) -> None:
    """What is not there any more, another process has moved or removed."""
    with suppress(FileNotFoundError):
        act()
