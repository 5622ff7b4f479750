"""Profiles, sketches and proven joins, kept in the mesh's home until files or code change; nothing of it is ever older.

A profile is kept under a key made of the files' fingerprint, of all that discovery was told besides, and of the code
that has a hand in it: what of this package discovery may import, each format and store of others, and which
distributions are installed. What cannot be read counts as not kept. Files appear whole, so that several commands at
once do no harm; the least used go once there are too many. Values of personal columns are kept as shapes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from array import array
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshlake.discovery.dataset_profile import DatasetProfile
from meshlake.discovery.facts import from_facts, to_facts
from meshlake.discovery.sketches import Sketch
from meshlake.stores.disk import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from meshlake.discovery.joins import Join
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings

# Of each dataset so many states are kept, of all together so many answers, and so much altogether.
_STATES, _ANSWERS, _PROOFS, _BYTES = 3, 8, 50_000, 1 << 29
# What discovery may not import (pyproject.toml has the layers), so that it has no hand in a profile.
_ABOVE = frozenset(
    {"cli", "mesh", "linting", "testing", "orchestration", "building", "drafting"}
    | {"transforms", "schemas", "models", "query"}
)
# In a repository the folder of models is a link, which is not followed.
_BESIDE = (
    "ml_assets/balance.py",
    "ml_assets/ordering.py",
    *(f"ml_assets/leaks/{name}.py" for name in ("one_feature", "regions", "values")),
)
# A store that tells whole seconds tells two writings within one apart by nothing.
_COARSE_SECONDS = 2.0
_UNREADABLE = (OSError, ValueError, TypeError, AttributeError, KeyError, ImportError)


class KeptProfiles:
    """What is kept of earlier discoveries in the home of one mesh."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._root = settings.home / "profiles"
        self._answers = self._root / "joins"
        self._proofs = self._root / "proofs.json"
        self._has_more = False

    def key(self, dataset: Dataset, elsewhere: Mapping[str, str] | None = None) -> str:
        """What a profile of these files, read with the conventions of others `elsewhere`, is kept under."""
        told = sorted((elsewhere or {}).items())
        modules = {
            type(each).__module__ for each in (dataset.format, *(file.store for file in dataset.files))
        }
        code = [code_version(), *map(_foreign_code, sorted(modules))]
        return _hash([code, str(dataset.name), dataset.format.name, dataset.fingerprint, told])

    def profile(self, dataset: Dataset, key: str) -> DatasetProfile | None:
        """The profile kept under `key`, or None."""
        found = _read(self._state(dataset, key))
        return found if isinstance(found, DatasetProfile) else None

    def has_sketches(self, dataset: Dataset, key: str) -> bool:
        """Whether the columns' sketches are kept with it."""
        return self._state(dataset, key, "sketches.json").exists()

    def sketches(self, dataset: Dataset, key: str) -> dict[str, Sketch] | None:
        """The sketches of the columns, by name."""
        with suppress(*_UNREADABLE):
            facts = json.loads(self._state(dataset, key, "sketches.json").read_bytes())
            return {n: Sketch(share, _unpacked(text), sql) for n, (share, text, sql) in facts.items()}
        return None

    def keep(
        self, dataset: Dataset, key: str, profile: DatasetProfile, sketches: Mapping[str, Sketch] | None
    ) -> bool:
        """Keep what was found, and say whether it could be: not if the files may have changed while they were read,
        nor where nothing may be written."""
        if _may_be_rewritten(dataset) or dataset.replaced_file is not None:
            return False
        try:
            self._settings.make_home()
            if sketches is not None:
                packed = {n: (s.share, _packed(s.hashes), s.as_text) for n, s in sketches.items()}
                _write(self._state(dataset, key, "sketches.json"), packed)
            _write(self._state(dataset, key), to_facts(profile))
            folder = self._state(dataset, key).parent
            _leave_newest(folder.glob("*.profile.json"), _STATES)
            _leave_newest(folder.glob("*.sketches.json"), _STATES)
        except OSError:
            return False
        self._has_more = True
        return True

    def trim(self) -> None:
        """Let the least used go, if something was kept, and all together is too much."""
        if self._has_more:
            _leave_newest(self._root.glob("*/*.json"), _BYTES, _size)

    def answer(self, keys: Sequence[str]) -> tuple[tuple[DatasetProfile, ...], tuple[Join, ...]] | None:
        """The profiles, their keys by likelihood, and the joins of just these states, if they were compared before."""
        found = _read(self._answers / f"{_hash(keys)}.json")
        return found if isinstance(found, tuple) and len(found) == 2 else None

    def keep_answer(
        self, keys: Sequence[str], profiles: Sequence[DatasetProfile], joins: Sequence[Join]
    ) -> None:
        """Keep what was found of all these states together."""
        with suppress(OSError):
            _write(self._answers / f"{_hash(keys)}.json", to_facts((tuple(profiles), tuple(joins))))
            _leave_newest(self._answers.glob("*.json"), _ANSWERS)
            self._has_more = True

    def proofs(self) -> dict[str, Join | None]:
        """What suspected joins were found to be on the rows, by `proof_key`; None where one does not hold."""
        found = _read(self._proofs)
        return found if isinstance(found, dict) else {}

    def keep_proofs(self, proofs: Mapping[str, Join | None]) -> None:
        """Keep these, those given last for longest."""
        with suppress(OSError):
            _write(self._proofs, to_facts(dict(list(proofs.items())[-_PROOFS:])))

    def _state(self, dataset: Dataset, key: str, kind: str = "profile.json") -> Path:
        return self._root / f"of-{_hash(str(dataset.name))[:20]}" / f"{key[:40]}.{kind}"


def proof_key(join: Join, keys: Mapping[str, str | None]) -> str | None:
    """What the proof of `join` is kept under; None where one of its sides is no files."""
    sides = [keys.get(join.dataset), keys.get(join.other_dataset)]
    return None if None in sides else _hash([asdict(join), sides])


@cache
def code_version() -> str:
    """Changes with any code that may have a hand in a profile."""
    package = Path(__file__).parents[1]
    beside = map(package.joinpath, _BESIDE)
    files = sorted({file.relative_to(package) for file in (*package.rglob("*.py"), *beside)})
    ours = [
        [file.as_posix(), (package / file).read_text("utf-8")]
        for file in files
        if file.parts[0] not in _ABOVE
    ]
    folders = {Path(place) for place in sys.path if place and Path(place).is_dir()}
    others = sorted({each.name for folder in folders for each in folder.glob("*.dist-info")})
    return _hash([ours, others, sys.version])


@cache
def _foreign_code(module: str) -> str:
    """The code of a module that another distribution brought, which may be edited where it lies; else nothing."""
    file = getattr(sys.modules[module], "__file__", None)
    if module.startswith("meshlake.") or file is None:
        return ""
    return _hash([module, Path(file).read_text("utf-8")])


def _may_be_rewritten(dataset: Dataset) -> bool:
    """Whether a file could be written once more and be told apart by nothing: one of this second, in whole seconds."""
    begin = time.time() - _COARSE_SECONDS
    return any(file.modified_seconds > begin and file.modified_seconds % 1 == 0 for file in dataset.files)


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()


def _read(file: Path) -> Any:
    with suppress(*_UNREADABLE):
        found = from_facts(json.loads(file.read_bytes()))
        with suppress(OSError):
            os.utime(file)  # what is used stays
        return found
    return None


def _write(file: Path, facts: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(facts, separators=(",", ":")).encode())


def _leave_newest(files: Iterable[Path], most: int, weight: Callable[[Path], int] = lambda _: 1) -> None:
    """Remove those used least lately, once all weigh more than `most`."""
    weighed = 0
    for file in sorted(files, key=_used_at, reverse=True):
        weighed += weight(file)
        if weighed > most:
            file.unlink(missing_ok=True)


def _size(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_size
    return 0


def _used_at(file: Path) -> float:
    """When it was kept or read last; another command may have taken it away meanwhile."""
    with suppress(OSError):
        return file.stat().st_mtime
    return 0.0


def _packed(hashes: frozenset[int]) -> str:
    return b64encode(_little(array("Q", sorted(hashes))).tobytes()).decode()


def _unpacked(text: str) -> frozenset[int]:
    found = array("Q")
    found.frombytes(b64decode(text))
    return frozenset(_little(found))


def _little(numbers: array[int]) -> array[int]:
    """The same order of bytes on each machine that shares a home."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
