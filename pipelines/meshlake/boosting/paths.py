"""How tables may be joined with a labelled product: over the joins that discovery proved, by default at most two.

Columns that refer to the same key, over however many joins, hold the same ids: an event table and a labelled product
that both refer to `customers` are joined by them without it. Each table is reached by one path for each id of the
labelled product and each of its columns that refers to it (of transfers the sender, and the receiver), the shortest
first. Lookups of lookups go one join further: a customer's household's income is as far away where tables are
normalised, and adds a row to none. A column whose name does not say that it names a thing is followed to the row whose
key it holds (`origin` to airports), and to no rows that merely hold it, too. Of a table that has one row for each id
and, say, season, the row of the season of the labelled row is one more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from meshlake.discovery.join_written import WRITINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join

MOST_PATHS, MOST_HOPS = 40, 2
_HOPS_TO_PARTS = 2
_LABELLED = ""
_Columns = tuple[str, ...]
_Node = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """From columns `near` of what was reached to the columns `far` of `dataset`, as they landed.

    `written` says how they differ, see `join_written`; `is_unique` that no two rows of the dataset have the same,
    `kinds` nearly how many different ones it has.
    """

    near: _Columns
    dataset: str
    far: _Columns
    written: str
    is_unique: bool
    containment: float
    kinds: int = 0


@dataclass(frozen=True)
class Path:
    """The steps from a labelled product to a table; `near` of the first are columns of that product.

    Of a path to the rows of others, which `is_to_others`, the first leads to what is shared, and the second to all
    who share it.
    """

    steps: tuple[Step, ...]
    is_to_others: bool = False

    @property
    def entity(self) -> _Columns:
        """The columns of the labelled product that it begins with."""
        return self.steps[0].near

    @property
    def dataset(self) -> str:
        """Where it ends."""
        return self.steps[-1].dataset

    @property
    def table(self) -> str:
        """The same by its domain and name."""
        return self.dataset.partition(".")[2]

    @property
    def is_lookup(self) -> bool:
        """Whether a row of the labelled product finds one row at most."""
        return all(step.is_unique for step in self.steps)

    @property
    def told(self) -> str:
        """It in words: each step's columns on both sides.

        Example:
            >>> Path((Step(("id",), "landing.crm.people", ("person_id",), "", True, 1.0),)).told
            'id = crm.people.person_id'
        """
        return ", then ".join(
            f"{' and '.join(step.near)} = {step.dataset.partition('.')[2]}.{' and '.join(step.far)}"
            f"{' of others' if self.is_to_others and number == 1 else ''}"
            for number, step in enumerate(self.steps)
        )


def paths_from(
    entities: Mapping[_Node, str],
    own: str | None,
    profiles: Mapping[str, DatasetProfile],
    joins: Sequence[Join],
    columns: Collection[str] = (),
    most_steps: int = MOST_HOPS,
    references: Collection[str] = (),
) -> list[Path]:
    """The paths to all tables that are reached, the shortest and surest first.

    Args:
        entities: for datasets and columns that hold the ids of the labelled product, which of its columns they are of.
        own: the dataset that the product is cast from, if it is; it is no table to join.
        profiles: what may be joined, by dataset.
        joins: what refers to what.
        columns: of the labelled product, which parts of keys may be named as.
        most_steps: how far to go; lookups of lookups, which add a row to none, go one step further.
        references: of the columns of the labelled product those that only lookups begin with.
    """
    known = _Joins.of(entities, joins)
    found: dict[tuple[_Columns, str, _Columns, _Columns], Path] = {}
    first = [step for step in known.steps(_LABELLED, profiles) if step.dataset != own]
    first = [step for step in first if step.is_unique or not {*step.near} & {*references}]
    together = [each for step in first for each in _with_others(step, profiles[step.dataset], columns)]
    for path in sorted((Path((step,)) for step in (*first, *together)), key=_rank):
        found.setdefault(_by(path), path)
    for steps in range(2, most_steps + 2):
        reached = list(found.values())
        longer = [
            Path((*path.steps, step))
            for path in reached
            for step in known.steps(path.dataset, profiles)
            if _goes_on(path, step, own, profiles[path.dataset])
        ]
        longer = [path for path in longer if path.is_lookup or not {*path.entity} & {*references}]
        if steps > most_steps:
            longer = [path for path in longer if path.is_lookup and not _refers_to_itself(path)]
        direct = {(path.entity, path.dataset) for path in reached}
        # By lookups still others are reached.
        for path in sorted(longer, key=lambda each: (not each.is_lookup, _rank(each))):
            is_new = (path.entity, path.dataset) not in direct
            if is_new or _refers_to_itself(path) or _is_of_others(path):
                found.setdefault(_by(path), path)
    return sorted(found.values(), key=_rank)


def columns_of(entities: Mapping[_Node, str], joins: Sequence[Join]) -> set[_Node]:
    """The datasets and columns that hold the ids of the labelled product, over however many joins."""
    known = _Joins.of(entities, joins)
    asked = {known.root(node) for node in entities}
    return {node for node in list(known.parents) if known.root(node) in asked}


def _by(path: Path) -> tuple[_Columns, str, _Columns, _Columns]:
    """One path of all that have it alike is enough: from which ids, to which table, by which of its columns."""
    last = path.steps[-1]
    return path.entity, path.dataset, last.near if _refers_to_itself(path) else (), last.far


def _refers_to_itself(path: Path) -> bool:
    """Whether its last step leads from rows of a table to others of it, as from a member to who brought them in."""
    return len(path.steps) > 1 and path.steps[-2].dataset == path.dataset


def _is_of_others(path: Path) -> bool:
    """Whether it leads to the parts of what is somebody's, whoever these are by: of votes on somebody's posts, which
    refer to who votes, too. Where the two are the same their rows are those that are joined directly."""
    return len(path.steps) == _HOPS_TO_PARTS and not any(step.is_unique for step in path.steps)


def _with_others(step: Step, here: DatasetProfile, columns: Collection[str]) -> Iterator[Step]:
    """The steps by a key of several columns, where the labelled product has all of these under the same names."""
    for key in here.keys if not step.is_unique else ():
        others = tuple(name for name in key if name not in step.far)
        if set(step.far) < set(key) and all(name in columns for name in others):
            pairs = sorted((*zip(step.near, step.far, strict=True), *((name, name) for name in others)))
            near, far = zip(*pairs, strict=True)
            yield replace(step, near=near, far=far, is_unique=True)


def _goes_on(path: Path, step: Step, own: str | None, here: DatasetProfile) -> bool:
    """Whether a step leads on: not back by the ids it came by, nor from many rows to many others of the same id."""
    last = path.steps[-1]
    is_of_one = last.is_unique or step.is_unique or _is_key(step.near, here)
    return step.dataset != own and not set(step.near) <= set(last.far) and is_of_one


def _is_key(columns: _Columns, profile: DatasetProfile) -> bool:
    return any(set(key) <= set(columns) for key in profile.keys)


def _rank(path: Path) -> tuple[int, float, int, str, _Columns]:
    """The shortest first; of several ways to a table that which most ids begin, and whose ids are found."""
    held = min(step.containment for step in path.steps)
    begun = -path.steps[0].kinds if len(path.steps) > 1 else 0
    return len(path.steps), -round(held, 1), begun, path.dataset, path.entity


@dataclass
class _Joins:
    """Columns that hold the same ids, as classes; and references of several columns together."""

    entities: Mapping[_Node, str]
    parents: dict[_Node, _Node] = field(default_factory=dict)
    joined: dict[_Node, dict[_Node, str]] = field(default_factory=dict)
    written: dict[_Node, dict[_Node, str]] = field(default_factory=dict)
    held: dict[_Node, float] = field(default_factory=dict)
    composites: list[Join] = field(default_factory=list)

    @classmethod
    def of(cls, entities: Mapping[_Node, str], joins: Sequence[Join]) -> _Joins:
        known = cls(entities)
        for join in joins:
            if "," in join.column:
                known.composites.append(join)
                continue
            one, other = (join.dataset, join.column), (join.other_dataset, join.other_column)
            known.parents[known.root(one)] = known.root(other)
            known.held[one] = join.containment
            for here, there in ((one, other), (other, one)):
                known.joined.setdefault(here, {})[there] = join.written
        return known

    def root(self, node: _Node) -> _Node:
        while (parent := self.parents.setdefault(node, node)) != node:
            node = parent
        return node

    def written_from(self, node: _Node) -> dict[_Node, str]:
        """How the ids of each column that holds the same are written beside those of `node`.

        Where no join says so of the two, the joins between them do: of those the way on which the fewest are written
        otherwise, and the form that is alike for most that is written.
        """
        if node not in self.written:
            forms = ["", *WRITINGS]
            found: dict[_Node, str] = {}
            ways: list[tuple[int, int, _Node, str]] = [(0, 0, node, "")]
            while ways:
                changes, joins, here, written = heappop(ways)
                if here in found:
                    continue
                found[here] = written
                for there, told in self.joined.get(here, {}).items():
                    form = max(written, told, key=forms.index)
                    heappush(ways, (changes + bool(told), joins + 1, there, form))
            self.written[node] = found
        return self.written[node]

    def steps(self, dataset: str, profiles: Mapping[str, DatasetProfile]) -> Iterator[Step]:
        """The steps from a dataset, or from the labelled product, to the tables of `profiles`."""
        for node in list(self.parents):
            if (
                (node[0] in {each for each, _ in self.entities})
                if dataset == _LABELLED
                else node[0] == dataset
            ):
                column = self.entities[node] if dataset == _LABELLED else node[1]
                yield from self._alike(column, node, profiles)
        for join in self.composites:
            mine, others = tuple(join.column.split(", ")), tuple(join.other_column.split(", "))
            sides = (
                (join.dataset, mine, join.other_dataset, others),
                (join.other_dataset, others, join.dataset, mine),
            )
            for here, near, there, far in sides:
                if here == dataset and there in profiles:
                    yield _step(near, profiles[there], far, join.written, join.containment)

    def _is_its_key(self, node: _Node, profiles: Mapping[str, DatasetProfile]) -> bool:
        """Whether other rows of a dataset refer to its rows by it, and these are not the ids asked for."""
        asked = {self.root(each) for each in self.entities}
        return self.root(node) not in asked and _is_key((node[1],), profiles[node[0]])

    def _alike(self, near: str, node: _Node, profiles: Mapping[str, DatasetProfile]) -> Iterator[Step]:
        root = self.root(node)
        best: dict[tuple[str, bool, _Columns], Step] = {}
        for other in self.parents:
            dataset, column = other
            if other == node or dataset not in profiles or self.root(other) != root:
                continue
            written = self.written_from(node)[other]
            step = _step((near,), profiles[dataset], (column,), written, self.held.get(other, 1.0))
            if dataset == node[0] and not step.is_unique and not self._is_its_key(node, profiles):
                continue
            # Its row of one key is the same by any of them; what refers to it by two columns does so twice.
            by = dataset, step.is_unique, () if step.is_unique else step.far
            if by not in best or _surer(step, best[by]):
                best[by] = step
        yield from best.values()


def _surer(one: Step, other: Step) -> bool:
    return (one.is_unique, one.containment) > (other.is_unique, other.containment)


def _step(near: _Columns, profile: DatasetProfile, far: _Columns, written: str, containment: float) -> Step:
    kinds = max((each.distinct_count for each in profile.columns if (each.name,) == far), default=0)
    return Step(near, profile.name, far, written, _is_key(far, profile), containment, kinds)
