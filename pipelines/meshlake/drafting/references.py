"""References between drafted products, as rules of their contracts: what the rows prove is drafted, with its orphans.

A reference is drafted where both sides are products cast from landed files, and is counted on the rows that their
builds will publish. The product referred to is built before, so of two that refer to each other one reference is left
out, and told.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.drafting.contract_draft import column_names
from meshlake.drafting.decisions import Decision
from meshlake.drafting.observed import drafted_products, unbuilt_rows
from meshlake.drafting.reference import Reference, add_reference
from meshlake.errors import MeshError
from meshlake.products.load import load_products

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from meshlake.column import Column
    from meshlake.discovery.joins import Join
    from meshlake.drafting.adopt import Draft
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings

# What is less sure than this is told and not drafted: a reference makes one product wait for another.
_LEAST_CONFIDENCE = 0.7
# Where more rows have no partner, the product has the values in another form than what has landed.
_MOST_ORPHANS = 0.5


@dataclass(frozen=True)
class Side:
    """The product that is, or will be, cast from a dataset, and its column for each landed column."""

    product: Product
    columns: Mapping[str, Column]


def draft_references(
    settings: Settings, joins: Iterable[Join], drafts: Mapping[ProductName, Draft]
) -> list[Decision]:
    """Draft the references of `drafts`, to each other and to products that are there; what cannot be is told."""
    products = load_products(settings.products).products if settings.products.is_dir() else {}
    with ExitStack() as until_counted:
        sides = {
            str(each.transform.landed): _side_of(each) for each in products.values() if _is_of_files(each)
        }
        for name, draft in drafts.items():
            if draft.profile.table is None and name not in products:
                with suppress(MeshError):  # why it cannot be read is told among its notes
                    contracts = {name: draft.contract}
                    product = until_counted.enter_context(drafted_products(settings, contracts))[name]
                    columns = column_names(draft.profile)
                    sides[draft.profile.name] = Side(
                        product, {landed: product.contract.column(own) for landed, own in columns.items()}
                    )
        known = {name: product.upstream for name, product in products.items()}
        references, told = planned(joins, sides, known)
        drafted = [each for each in references if each.mine.name in drafts]
        return [*told, *_add_all(settings, drafted, drafts)]


def _is_of_files(product: Product) -> bool:
    return product.transform.landed is not None and product.contract.landing_place is None


def _side_of(product: Product) -> Side:
    """A product that is there, and which of its columns is made of which landed column alone."""
    columns: dict[str, Column] = {}
    for column in product.contract.columns:
        quoted = re.findall(r'"((?:[^"]|"")+)"', column.expression or "")
        made_of = set(column.sources or quoted or (column.name,))
        for landed in made_of if len(made_of) == 1 or column.sources else ():
            columns.setdefault(landed.replace('""', '"'), column)
    return Side(product, columns)


def planned(
    joins: Iterable[Join], sides: Mapping[str, Side], known: Mapping[ProductName, Iterable[ProductName]]
) -> tuple[list[Reference], list[Decision]]:
    """The references that can be drafted, and what is told of those that cannot.

    Args:
        joins: what discovery found, the surest first.
        sides: by dataset, the products that are or become.
        known: what each product that is there needs to be built before.
    """
    upstream = {name: set(needed) for name, needed in known.items()}
    found, told = [], []
    for join in joins:
        reference = _reference(join, sides)
        if reference is None or not _is_proven(join):
            continue
        mine, other = reference.mine.name, reference.other.name
        if mine in _reached(upstream, other) and not reference.is_own:
            told.append(_left_out(reference, f"{other} waits for {mine} already, so no check is drafted"))
            continue
        upstream.setdefault(mine, set()).add(other)
        found.append(reference)
    return found, told


def _is_proven(join: Join) -> bool:
    return join.is_declared or (join.orphan_count is not None and join.confidence >= _LEAST_CONFIDENCE)


def _reference(join: Join, sides: Mapping[str, Side]) -> Reference | None:
    mine, other = sides.get(join.dataset), sides.get(join.other_dataset)
    if mine is None or other is None:
        return None
    columns = [mine.columns.get(each) for each in join.column.split(", ")]
    keys = [other.columns.get(each) for each in join.other_column.split(", ")]
    if None in columns or None in keys or len(columns) != len(keys):
        return None
    return Reference(
        mine.product, tuple(filter(None, columns)), other.product, tuple(filter(None, keys)), join
    )


def _reached(upstream: Mapping[ProductName, set[ProductName]], start: ProductName) -> set[ProductName]:
    seen: set[ProductName] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(upstream.get(name, ()))
    return seen


def _left_out(reference: Reference, why: str) -> Decision:
    columns = ", ".join(each.name for each in reference.columns)
    keys = ", ".join(each.name for each in reference.keys)
    message = f"refers to {keys} of {reference.other.name}: {why}"
    return Decision(reference.mine.name, "reference", columns, message)


def _add_all(
    settings: Settings, references: Sequence[Reference], drafts: Mapping[ProductName, Draft]
) -> Iterator[Decision]:
    """Draft each reference into the contract of its product, counted on the rows; what cannot be is told."""
    for reference in references:
        draft = drafts[reference.mine.name]
        try:
            orphans, present = _counted(settings, reference)
        except MeshError as error:
            yield _left_out(reference, f"no check is drafted: {error.message}")
            continue
        if orphans > _MOST_ORPHANS * present:
            why = f"in the products {orphans:,} of {present:,} values have no partner, so no check is drafted"
            yield _left_out(reference, why)
        elif present:
            add_reference(draft.contract["schema"][0], reference, orphans, present)
            keys = ", ".join(each.name for each in reference.keys)
            columns = ", ".join(each.name for each in reference.columns)
            draft.notes.append(f"{columns} refers to {keys} of {reference.other.name}")


def _counted(settings: Settings, reference: Reference) -> tuple[int, int]:
    products = {each.name: each for each in (reference.mine, reference.other)}
    table = reference.mine.name.sql
    with unbuilt_rows(settings, list(products.values())) as session:
        asked = (query.replace("{object}", table) for query in (reference.count_sql, reference.present_sql))
        orphans, present = (int(str(session.rows(query)[0][0])) for query in asked)
    return orphans, present
