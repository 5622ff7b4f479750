"""What made a version other than the one before: its code, one of its inputs, a day, or files that came to a dataset.

A hold that knows its causes lasts until one of them changes, or the code, which is how people correct the rest; what
changes beside them does not end it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.building.days import BuiltDays, plan_days
from meshlake.lake.hold import CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.building.inputs import PinnedInputs
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Dataset
    from meshlake.products.product import Product
    from meshlake.stores import StoredFile

Parts = dict[str, str]
# Of more files than these it is not found out which came: any change of the dataset counts.
_MOST_FILES = 1000
_BASE, _DAY, _FILE = "what all days are made of", "day ", "file "


def causes_between(
    product: Product, inputs: PinnedInputs, target: Snapshot, left: Snapshot
) -> dict[str, tuple[str, ...]]:
    """What `left` was made of and `target` was not, and the states of it that are not to be built: left's and now's.

    The code is always among them. Nothing where no part differs: then what made the difference is not known.
    """
    is_by_day = BuiltDays.of(target) is not None and BuiltDays.of(left) is not None
    before, after = map(_day_parts if is_by_day else _whole_parts, (target, left))
    now = parts_now(product, inputs)
    causes: dict[str, tuple[str, ...]] = {}
    for part in sorted(before.keys() | after.keys()):
        if before.get(part, "") == after.get(part, ""):
            continue
        files = _came(inputs, part, before.get(part, ""), after.get(part, ""))
        differing = files or {part: after.get(part, "")}
        causes |= {each: tuple(sorted({state, now.get(each, "")})) for each, state in differing.items()}
    code = left.properties.get("code_version", "")
    return causes and causes | {CODE: (code, product.code_version)}


def parts_now(product: Product, inputs: PinnedInputs) -> Parts:
    """The state of everything that could be a cause."""
    parts: Parts = {CODE: product.code_version, **inputs.versions}
    for dataset in inputs.datasets.values():
        parts |= _file_parts(dataset.files)
    if (plan := plan_days(product, inputs, None)) is not None:
        parts |= {_BASE: plan.base} | {f"{_DAY}{day}": state for day, state in plan.known.items()}
    return parts


def is_unchanged(causes: Mapping[str, Iterable[str]], now: Parts) -> bool:
    """Whether each of `causes`, of which there is one at least, is still what it was."""
    return bool(causes) and all(now.get(part, "") in states for part, states in causes.items())


def _day_parts(snapshot: Snapshot) -> Parts:
    built = BuiltDays.of(snapshot)
    if built is None:
        return {}
    return {_BASE: built.base} | {f"{_DAY}{day}": facts.state for day, facts in built.days.items()}


def _whole_parts(snapshot: Snapshot) -> Parts:
    inputs: Parts = snapshot.property_json("inputs", {})
    return {CODE: snapshot.properties.get("code_version", ""), **inputs}


def _came(inputs: PinnedInputs, part: str, before: str, after: str) -> Parts:
    """The files of the dataset `part` that came between its two states; none where files did not only come."""
    dataset = next((each for name, each in inputs.datasets.items() if str(name) == part), None)
    if dataset is None or len(dataset.files) > _MOST_FILES:
        return {}
    # By when they came: of each state the files are the first so many, if none of these was changed or went since.
    files = sorted(dataset.files, key=lambda file: (file.modified_seconds, file.name))
    counts = {_fingerprint(dataset, files[:count]): count for count in range(1, len(files) + 1)}
    if before not in counts or counts.get(after, 0) <= counts[before]:
        return {}
    return _file_parts(files[counts[before] : counts[after]])


def _fingerprint(dataset: Dataset, files: list[StoredFile]) -> str:
    return replace(dataset, files=tuple(sorted(files))).fingerprint


def _file_parts(files: Iterable[StoredFile]) -> Parts:
    return {f"{_FILE}{file.name}": f"{file.size_bytes} {file.version}" for file in files}
