"""What discoveries found, kept with its history: a file for each state of a dataset that differed from the one before.

A file's name says when that was found and what it holds, so that nothing is read to see that nothing changed. What is
kept is what may be shown: values of personal columns only as their shapes.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.discovery.masking import masked
from meshlake.lake.state import discovered_folder
from meshlake.stores.disk import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.dependencies import Dependency
    from meshlake.discovery.joins import Join
    from meshlake.settings import Settings

_STATES, _VALUES, _LONGEST = 50, 20, 60
_REMOVED: dict[str, Any] = {"removed": True}


def remember(
    settings: Settings,
    profiles: Sequence[DatasetProfile],
    joins: Sequence[Join],
    *,
    is_all: bool,
    unread: Collection[str] = (),
) -> None:
    """Keep what is new of it, as found now; who may not write to the home remembers nothing.

    Args:
        settings: the mesh's.
        profiles: what was found of each dataset.
        joins: those between them; of others what was found before stays.
        is_all: whether nothing else has landed, so that what is missing was removed.
        unread: what has landed and could not be read: of it what was found before stays.
    """
    with suppress(OSError):
        settings.make_home()
        root = discovered_folder(settings)
        named = {profile.name: _folder(settings, profile.name) for profile in profiles}
        for profile in profiles:
            mine = [_join(join) for join in joins if join.dataset == profile.name]
            if not is_all or unread:
                told = {join["column_name"] for join in mine}
                before = _joins_before(named[profile.name], named.keys())
                mine += [join for join in before if join["column_name"] not in told]
            _keep(named[profile.name], _state(masked(profile), mine))
        here = {*named.values(), *(_folder(settings, name) for name in unread)}
        for folder in set(root.glob("*")) - here if is_all else ():
            _keep(folder, _REMOVED)


def remember_landed(settings: Settings, profile: DatasetProfile) -> None:
    """Keep what a build found of files that no discovery has looked at; of others that, which sees all, knows more."""
    states = _states(_folder(settings, profile.name))
    if not states or _read(states[-1]).get("fingerprint") != profile.fingerprint:
        remember(settings, [profile], [], is_all=False)


def remembered(settings: Settings) -> Iterator[dict[str, Any]]:
    """Each state that was found, with `found_at`, and `is_current` where it is the last and has not been removed."""
    for folder in sorted(discovered_folder(settings).glob("*")):
        files = _states(folder)
        for number, file in enumerate(files):
            found = _read(file)
            if "dataset" in found:
                at = datetime.fromtimestamp(int(file.name.partition("-")[0]) / 1e6, UTC)
                yield found | {"found_at": at, "is_current": number == len(files) - 1}


def _state(profile: DatasetProfile, joins: Sequence[dict[str, Any]]) -> dict[str, Any]:
    dataset = {
        "dataset": profile.name,
        "domain": profile.name.split(".")[1],
        "format": profile.format,
        "row_count": profile.row_count,
        "column_count": len(profile.columns),
        "file_count": profile.file_count,
        "size_bytes": profile.size_bytes,
        "likely_key": ", ".join(profile.likely_key) or None,
        "keys": json.dumps(profile.keys),
        "notes": "; ".join(profile.notes) or None,
    }
    columns = [_column(number, column) for number, column in enumerate(profile.columns, 1)]
    labels = [
        {"column_name": column.name, "top_values": _values(column)}
        for column in profile.columns
        if column.is_likely_label
    ]
    return {
        "fingerprint": profile.fingerprint,
        "dataset": dataset,
        "columns": columns,
        "labels": labels,
        "leaks": [
            asdict(leak) | {"column_name": column.name} for column in profile.columns for leak in column.leaks
        ],
        "dependencies": [row for each in profile.dependencies for row in _dependents(each)],
        "joins": sorted(
            joins, key=lambda join: (join["column_name"], join["other_dataset"], join["other_column_name"])
        ),
    }


def _column(position: int, column: ColumnProfile) -> dict[str, Any]:
    return {
        "column_name": column.name,
        "position": position,
        "type": column.found_type,
        "landed_type": str(column.type),
        "meaning": column.meaning or None,
        "unit": column.unit or None,
        "null_share": column.null_share,
        "distinct_count": column.distinct_count,
        "top_values": _values(column),
        "personal": column.personal,
        "personal_confidence": column.personal_confidence if column.personal else None,
        "personal_evidence": column.personal_evidence or None,
        "randomised": column.randomised or None,
        "comment": column.comment or None,
        "question": column.question or None,
    }


def _dependents(dependency: Dependency) -> Iterator[dict[str, Any]]:
    for each in dependency.dependents:
        yield {
            "column_name": each.column,
            "decided_by": dependency.determinant,
            "value_count": dependency.value_count,
            "exception_count": each.exception_count,
            "is_one_to_one": each.is_one_to_one,
        }


def _values(column: ColumnProfile) -> str | None:
    """The most frequent values of a column of few."""
    return ", ".join(value[:_LONGEST] for value, _ in column.values[:_VALUES]) or None


def _join(join: Join) -> dict[str, Any]:
    told = ("other_dataset", "containment", "is_one_to_one", "is_declared")
    return {
        **{name: getattr(join, name) for name in told},
        "column_name": join.column,
        "other_column_name": join.other_column,
        "confidence": join.confidence,
        "evidence": "; ".join(join.evidence),
        "orphan_count": join.orphan_count,
        "orphan_example": join.orphan_example or None,
    }


def _joins_before(folder: Path, discovered: Collection[str]) -> list[dict[str, Any]]:
    """What was found of joins with datasets that this discovery was not about, or that it could not see alone."""
    before = [join for file in _states(folder)[-1:] for join in _read(file).get("joins", ())]
    return [join for join in before if join["other_dataset"] not in discovered or len(discovered) == 1]


def _keep(folder: Path, state: dict[str, Any]) -> None:
    text = json.dumps(state, ensure_ascii=False, default=str)
    files, digest = _states(folder), _hash(text)[:16]
    if files and files[-1].stem.endswith(digest):
        return
    folder.mkdir(parents=True, exist_ok=True)
    # In order also when two are found within one tick of the clock.
    last = int(files[-1].name.partition("-")[0]) if files else 0
    now = max(int(datetime.now(UTC).timestamp() * 1e6), last + 1)
    write_whole(folder / f"{now:020}-{digest}.json", text.encode())
    for old in files[: len(files) + 1 - _STATES]:
        old.unlink(missing_ok=True)


def _folder(settings: Settings, dataset: str) -> Path:
    return discovered_folder(settings) / _hash(dataset)[:20]


def _read(file: Path) -> dict[str, Any]:
    """One state; nothing of one that another command let go, or that is damaged."""
    try:
        return dict(json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _states(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.json"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
