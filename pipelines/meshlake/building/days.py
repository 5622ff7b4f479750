"""Which days of a product partitioned by date are built: those whose inputs changed, and those that look back on them.

A day's state is a short hash of its inputs: of a landed dataset the files of that day, of a product partitioned by date
the build that last made that day. Each snapshot keeps the states it was built from, so nothing is read to compare them.
Inputs that are not kept by date are read whole, and a change of one builds every day anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from meshlake.names import DatasetName
from meshlake.partitions import Partitions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from meshlake.building.inputs import PinnedInputs
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Dataset
    from meshlake.names import InputName
    from meshlake.products.product import Product
    from meshlake.stores import StoredFile
    from meshlake.workspace import Workspace

DAYS_PROPERTY = "days"
_HASH_CHARACTERS = 12


@dataclass(frozen=True)
class BuiltDay:
    """One day of a snapshot: the state of its inputs (empty when only days before it had any), and who built it."""

    state: str
    run: str


@dataclass(frozen=True)
class BuiltDays:
    """What a snapshot was built from, day by day; `base` is a hash of all that makes every day what it is."""

    column: str
    base: str
    days: Mapping[date, BuiltDay]

    @classmethod
    def of(cls, snapshot: Snapshot | None) -> BuiltDays | None:
        """The days that `snapshot` keeps; `None` where it keeps none."""
        packed = snapshot.properties.get(DAYS_PROPERTY) if snapshot else None
        if packed is None:
            return None
        content = json.loads(zlib.decompress(base64.b64decode(packed)))
        days = {date.fromisoformat(day): BuiltDay(*facts) for day, facts in content["days"].items()}
        return cls(content["column"], content["base"], days)

    def packed(self) -> str:
        """As a property of a snapshot."""
        days = {day.isoformat(): (facts.state, facts.run) for day, facts in sorted(self.days.items())}
        content = json.dumps({"column": self.column, "base": self.base, "days": days})
        return base64.b64encode(zlib.compress(content.encode(), 9)).decode()


@dataclass(frozen=True)
class DayPlan:
    """The days a build makes anew (all of them when `built` is `None`), and the days of each input it reads for that.

    `known` are all days that can have rows, with their state; a row of another day comes of no input of its own.
    """

    column: str
    base: str
    known: Mapping[date, str]
    built: frozenset[date] | None
    before: Mapping[date, BuiltDay] = field(repr=False)
    reads: Mapping[InputName, Partitions] = field(default_factory=dict)
    dropped: frozenset[date] = frozenset()

    @property
    def is_unchanged(self) -> bool:
        """Whether there is nothing to build."""
        return self.built is not None and not self.built

    @property
    def replaced(self) -> Partitions | None:
        """The days whose rows the build replaces; `None` for all."""
        return None if self.built is None else Partitions(self.column, self.built)

    @property
    def possible(self) -> Collection[date]:
        """The days that rows of this build can be of."""
        return self.known.keys() if self.built is None else self.built

    @property
    def facts(self) -> dict[str, object]:
        """What is told of it."""
        if self.built is None:
            return {}
        return {"days_built": [day.isoformat() for day in sorted(self.built)]}

    def properties(self, run: str) -> dict[str, str]:
        """What the snapshot keeps of it."""
        if not self.known:
            return {}
        kept = {} if self.built is None else self.before
        days = {
            day: kept[day]
            if day in kept and self.built is not None and day not in self.built
            else BuiltDay(state, run)
            for day, state in self.known.items()
        }
        return {DAYS_PROPERTY: BuiltDays(self.column, self.base, days).packed()}


def plan_days(
    product: Product,
    inputs: PinnedInputs,
    head: Snapshot | None,
    *,
    is_forced: bool = False,
    asked: Collection[date] = (),
) -> DayPlan | None:
    """The days to build now; `None` when the product is not partitioned by date, or not built by day.

    `is_forced` builds every day; `asked` are days built though nothing changed, if any input is of them.
    """
    column = product.contract.day_column
    if column is None or not product.is_daily:
        return None
    keyed = _keyed_inputs(product, inputs, column)
    states = _states(keyed)
    lookback = product.contract.lookback_days
    base = _base(product, inputs, keyed)
    known = {day: states.get(day, "") for day in _with_following(states, lookback)}
    before = BuiltDays.of(head)
    if is_forced or not states or before is None or before.base != base:
        return DayPlan(column, base, known, None, {})
    then = {day: facts.state for day, facts in before.days.items()}
    changed = {day for day in states.keys() | then.keys() if states.get(day, "") != then.get(day, "")}
    built = frozenset(_with_following(changed, lookback)) | (known.keys() & asked)
    read = frozenset(day - timedelta(days=back) for day in built for back in range(lookback + 1))
    reads = {name: Partitions(days.column, read & days.states.keys()) for name, days in keyed.items()}
    return DayPlan(column, base, known, built, before.days, reads, read - built)


def known_days(mesh: Workspace, product: Product) -> set[date]:
    """The days of a product partitioned by date that are published or have landed for it; none of any other product.

    Raises:
        LandingError: a dataset it reads has not landed, or cannot be read.
    """
    column = product.contract.day_column
    if column is None or not product.is_daily:
        return set()
    built = BuiltDays.of(mesh.lake.head((product.name.domain, product.name.product)))
    days = set(built.days) if built else set()
    for name in product.inputs:
        if isinstance(name, DatasetName) and name not in mesh.landing.elsewhere:
            dataset = mesh.landing.dataset(name)
            for key in product.transform.day_keys(product.contract, column):
                days |= (dataset.files_by_day(key) or {}).keys()
    return days


@dataclass(frozen=True)
class _InputDays:
    column: str
    states: Mapping[date, str]


def _keyed_inputs(product: Product, inputs: PinnedInputs, column: str) -> dict[InputName, _InputDays]:
    """The inputs that are kept by date, and the state of each of their days."""
    keyed: dict[InputName, _InputDays] = {}
    for name, snapshot in inputs.snapshots.items():
        if (built := BuiltDays.of(snapshot)) is not None:
            keyed[name] = _InputDays(built.column, {day: facts.run for day, facts in built.days.items()})
    for dataset in inputs.datasets.values():
        for key in product.transform.day_keys(product.contract, column):
            if (files := dataset.files_by_day(key)) is not None:
                keyed[dataset.name] = _InputDays(
                    key, {day: _files_hash(dataset, files[day]) for day in files}
                )
                break
    return keyed


def _files_hash(dataset: Dataset, files: Sequence[StoredFile]) -> str:
    return replace(dataset, files=tuple(files)).fingerprint[:_HASH_CHARACTERS]


def _states(keyed: Mapping[InputName, _InputDays]) -> dict[date, str]:
    """The state of each day over all inputs."""
    days = {day for found in keyed.values() for day in found.states}
    by_name = sorted((str(name), found.states) for name, found in keyed.items())
    return {day: _hash((name, states.get(day)) for name, states in by_name) for day in days}


def _base(product: Product, inputs: PinnedInputs, keyed: Mapping[InputName, _InputDays]) -> str:
    whole = {name: version for name, version in inputs.versions.items() if name not in set(map(str, keyed))}
    by = {str(name): found.column for name, found in keyed.items()}
    return _hash([product.code_version, sorted(whole.items()), sorted(by.items())])


def _with_following(days: Iterable[date], lookback: int) -> set[date]:
    return {day + timedelta(days=ahead) for day in days for ahead in range(lookback + 1)}


def _hash(content: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(content)).encode()).hexdigest()[:_HASH_CHARACTERS]
