"""The tables that may be joined with a labelled product: what has landed, and its products where it has any.

What has landed and is no product yet is read as it would be adopted; its contract is drafted in memory alone.
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meshlake.boosting.outcomes import Outcomes
from meshlake.boosting.paths import columns_of
from meshlake.boosting.published import written_products
from meshlake.discovery.bound import Bound
from meshlake.discovery.dataset_profile import DatasetProfile
from meshlake.discovery.discover import discover
from meshlake.discovery.names import written_name
from meshlake.discovery.sources import chosen_sources
from meshlake.drafting.adopt import default_name, sources_of
from meshlake.drafting.contract_draft import column_names, draft_contract
from meshlake.drafting.feature_table import bind_rows
from meshlake.drafting.observed import drafted_products
from meshlake.drafting.product_folder import default_owner
from meshlake.names import LANDING_CATALOG, quote_identifier
from meshlake.products.load import load_products

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from meshlake.boosting.labelled import Labelled
    from meshlake.discovery.dataset_profile import ColumnProfile
    from meshlake.discovery.discover import Discovery
    from meshlake.discovery.joins import Join
    from meshlake.names import ProductName
    from meshlake.products.load import ProductSet
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class Table:
    """Rows that can be read as product `name` in the session; `profile` is of the dataset that they landed as.

    `columns` are their names and types, `landed` what each was called as it landed, `in_advance` those whose contract
    says that they are known in advance. `is_drafted` says that there is no such product yet; of one whose rows are made
    of others' rows `grain` is its primary key.
    """

    name: ProductName
    profile: DatasetProfile
    columns: Mapping[str, Type]
    landed: Mapping[str, str]
    is_drafted: bool
    in_advance: frozenset[str] = frozenset()
    grain: tuple[str, ...] | None = None

    def described(self, column: str) -> ColumnProfile | None:
        """What was found of a column as it landed."""
        name = self.landed.get(column, column)
        return next((each for each in self.profile.columns if each.name == name), None)

    def column(self, landed: str) -> str | None:
        """The column that landed as `landed`; None where the contract leaves it out."""
        return next((name for name, each in self.landed.items() if each == landed), None)


@dataclass
class Tables:
    """The tables of a mesh that discovery found, opened one by one in the session of the labelled product.

    `told` is for what is asked of their rows once, whichever paths lead there.
    """

    settings: Settings
    labelled: Labelled
    found: Discovery
    entities: Mapping[tuple[str, str], str]
    published: Mapping[str, ProductName]
    _loaded: ProductSet
    _opened: dict[str, Table] = field(default_factory=dict)
    told: dict[tuple[str, bool], Any] = field(default_factory=dict)

    @property
    def profiles(self) -> dict[str, DatasetProfile]:
        """By dataset, all but the entities of the labelled product."""
        own = {dataset for dataset, _ in self.entities}
        return {each.name: each for each in self.found.profiles if each.name not in own}

    def refers(self, table: Table) -> set[str]:
        """The columns of a table that refer to a key, or are referred to: ids, whatever they are called."""
        sides = (
            side
            for join in self.found.joins
            for side in ((join.dataset, join.column), (join.other_dataset, join.other_column))
        )
        landed = {column for dataset, column in sides if dataset == table.profile.name}
        return {name for name, each in table.landed.items() if each in landed}

    @cached_property
    def of_labelled(self) -> set[tuple[str, str]]:
        """The datasets and columns that hold the ids of the labelled product, over however many joins."""
        return columns_of(self.entities, self.found.joins)

    @cached_property
    def outcomes(self) -> Outcomes:
        """The columns of products that say what came after their row's day."""
        return Outcomes(self._loaded)

    @property
    def rows_of_labelled(self) -> str:
        """What stands for a dataset where a path leads to the labelled rows of others."""
        return f"labelled.{self.labelled.product}"

    @property
    def own_dataset(self) -> str | None:
        """The dataset that the labelled product is cast from, where it is source-aligned."""
        product = self._loaded.get(self.labelled.product)
        return next(iter(sources_of(product)), None) if product.transform.landed is not None else None

    def open(self, dataset: str) -> Table:
        """The table of `dataset`, its rows read once.

        Raises:
            MeshError: they cannot be read, or no product could be made of them.
        """
        if dataset == self.rows_of_labelled:
            columns = self.labelled.table.columns
            profile = DatasetProfile(dataset, "", "", 0, 0, 0, (), (), ())
            return Table(
                self.labelled.product, profile, columns, {name: name for name in columns}, is_drafted=False
            )
        if dataset not in self._opened:
            self._opened[dataset] = self._open(self.profiles[dataset])
        return self._opened[dataset]

    def forget_all_but(self, datasets: Collection[str]) -> None:
        """Let go of the rows of the others: of hundreds of tables all would not stay in memory."""
        for dataset in self._opened.keys() - {*datasets}:
            self.labelled.table.session.forget_rows(self._opened.pop(dataset).name)

    def _open(self, profile: DatasetProfile) -> Table:
        session = self.labelled.table.session
        product = self._product(profile.name)
        if product is not None:
            bind_rows(self.settings, product, session)
            landed = _landed_names(product, profile)
        else:
            name = default_name(profile.name)
            contract = draft_contract(profile, name, default_owner())
            with drafted_products(self.settings, {name: contract}) as drafted:
                product = drafted[name]
                bind_rows(self.settings, product, session)
            landed = {own: column for column, own in column_names(profile).items()}
        session.copy_rows(product.name)
        columns = session.columns(f"SELECT * FROM {product.name.sql}")
        is_drafted = product.name not in self._loaded.products
        in_advance = frozenset(each.name for each in product.contract.columns if each.is_known_in_advance)
        grain = product.contract.primary_key if profile.name in self.published else None
        return Table(product.name, profile, columns, landed, is_drafted, in_advance, grain)

    def _product(self, dataset: str) -> Product | None:
        if dataset in self.published:
            return self._loaded.get(self.published[dataset])
        cast = (each for each in self._loaded.products.values() if each.transform.landed is not None)
        return next((each for each in cast if dataset in set(sources_of(each))), None)


@contextmanager
def open_tables(
    settings: Settings,
    labelled: Labelled,
    progress: Callable[[str], None],
    has_time: Callable[[], bool] = lambda: True,
) -> Iterator[Tables]:
    """All that has landed or was made of it and published, with the joins between and to the entities of the labelled
    product; what there is no time to discover is among what was found as not reached.

    Raises:
        UsageError: nothing has landed.
        MeshError: the rows of a product cannot be read.
    """
    scratch = settings.scratch / f"boost-{uuid.uuid4().hex}"
    loaded = load_products(settings.products)
    try:
        entities = _entities(labelled, scratch)
        landed = chosen_sources(settings, None)
        published = written_products(settings, loaded, labelled, scratch, {str(each) for each in landed})
        inside = replace(settings, landing=str(scratch))
        own = [each for each in chosen_sources(inside, None) if str(each).startswith(f"{LANDING_CATALOG}.")]
        bound = Bound(has_time, frozenset(map(str, own)))
        asked = frozenset(dataset for dataset, _ in entities)
        found = discover(settings, [*landed, *own], progress, bound, asked)
        joins = without_shared_words(found.joins, entities, labelled.references)
        yield Tables(settings, labelled, replace(found, joins=joins), entities, published, loaded)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _entities(labelled: Labelled, folder: Any) -> dict[tuple[str, str], str]:
    """The values of each column that others may refer to, written as a dataset of their own: by dataset and column.

    The product itself has several rows of each, one for a cut-off, so there is no key in it to refer to. The dataset is
    not named after its column: what is named after its own table refers to no key of another name.
    """
    import pyarrow.parquet as pq

    found = {}
    for number, column in enumerate((*labelled.entities, *labelled.references)):
        cell = quote_identifier(column)
        values = labelled.table.session.table(
            f"SELECT DISTINCT {cell} FROM {labelled.table.name.sql} WHERE {cell} IS NOT NULL ORDER BY {cell}"
        )
        domain, name = labelled.table.name.domain, f"asked_{number}"
        place = folder / domain / name
        place.mkdir(parents=True)
        pq.write_table(values, place / "values.parquet")
        found[f"{LANDING_CATALOG}.{domain}.{name}", column] = column
    return found


def without_shared_words(
    joins: Iterable[Join], entities: Mapping[tuple[str, str], str], references: Collection[str]
) -> tuple[Join, ...]:
    """The joins but those that merely hold the words of one of `references`, columns which only lookups begin with.

    All that has the same few words (`state`, `plan`) would be joined with each other by it, and be an id, which is no
    feature: of 200 datasets there were 600 such paths. `entities` are the datasets and columns that hold them.
    """
    words = {node for node, column in entities.items() if column in references}
    return tuple(
        each for each in joins if each.is_one_to_one or (each.other_dataset, each.other_column) not in words
    )


def _landed_names(product: Product, profile: DatasetProfile) -> dict[str, str]:
    """What each column of a product that is cast from a dataset landed as, where that is told or written alike."""
    by_name = {written_name(column.name): column.name for column in profile.columns}
    found = {}
    for column in product.contract.columns:
        told = (by_name.get(written_name(each)) for each in (*column.sources, column.name))
        if landed := next(filter(None, told), None):
            found[column.name] = landed
    return found
