"""Adopting a landed dataset or a table: a source-aligned product drafted from its profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.discovery.discover import profile_source
from meshlake.discovery.missing import told
from meshlake.discovery.sources import chosen_source
from meshlake.drafting.arrivals import late_after_days
from meshlake.drafting.contract_draft import add_rules, column_names, draft_contract
from meshlake.drafting.daily_rules import event_day
from meshlake.drafting.observed import observe
from meshlake.drafting.product_folder import Drafted, default_owner, product_folder, write_product
from meshlake.drafting.redraft import parts_of, redraft
from meshlake.drafting.row_key import add_row_key, has_row_key, is_by_row
from meshlake.drafting.sql_draft import draft_for_sql
from meshlake.errors import ContractError, LandingError, MeshError, UsageError
from meshlake.names import DatasetName, ProductName, snake_case
from meshlake.products.load import load_product
from meshlake.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.drafting.redraft import Redrafted
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.sources import Found


def adopt(
    settings: Settings,
    source: Found,
    name: ProductName,
    owner: str | None = None,
    update: Collection[str] = (),
    *,
    by_row: bool = False,
) -> Drafted | Redrafted:
    """Draft product `name` from `source`; of one that is cast from it already, compare what would be drafted now.

    `by_row` gives it a key that is made of each row.

    Raises:
        UsageError: the product's folder is there already, or no contract could name the table.
        LandingError: the files or the table cannot be read, or the files hold no row.
    """
    parts_of(update)
    is_there = is_cast_from(settings, name, str(source))
    if not is_there:
        product_folder(settings.products, name)
    profile = profile_source(settings, source)
    draft = draft_of(settings, profile, name, owner or default_owner(), by_row=by_row)
    if is_there:
        return redraft(settings, name, draft.contract, update, has_references=False)
    return write_product(settings, name, draft.contract, None, draft.notes)


def is_cast_from(settings: Settings, name: ProductName, source: str) -> bool:
    """Whether product `name` is there and can be read, and its contract says how it is cast from `source`."""
    try:
        product = load_product(settings.products / name.domain / name.product)
    except ContractError:
        return False
    return product.transform.landed is not None and source in sources_of(product)


def sources_of(product: Product) -> Iterator[str]:
    """The landed data that `product` reads, as discovery calls it."""
    place = product.contract.landing_place
    for read in product.inputs:
        if read == product.transform.landed and isinstance(read, DatasetName) and place is not None:
            yield f"{SOURCES.get(place.source).catalog}.{place.schema or read.domain}.{read.dataset}"
        elif isinstance(read, DatasetName):
            yield str(read)


@dataclass(frozen=True)
class Draft:
    """A product's contract that is not written yet; `notes` say what was decided, and on what grounds.

    `why_domain` says why its domain is not that of the folder its data landed in; empty where it is.
    """

    name: ProductName
    profile: DatasetProfile
    contract: dict[str, Any]
    notes: list[str]
    why_domain: str = ""


def draft_of(
    settings: Settings,
    profile: DatasetProfile,
    name: ProductName,
    owner: str,
    why_domain: str = "",
    *,
    by_row: bool = False,
) -> Draft:
    """Product `name` as it would be drafted from what is known of its dataset.

    It has a key that is made of each row where that is asked for (`by_row`), and where it has one already.

    Raises:
        UsageError: no contract could name the table.
        LandingError: the files hold no row.
    """
    if profile.table is None and not profile.row_count:
        raise LandingError(
            f"{profile.name} has no rows, so nothing can be found out about it", "Land a file that has some."
        )
    if profile.table and "." in profile.table.table.table:
        raise UsageError(
            f"{profile.name}: a contract names no table whose name has a dot",
            "Make a view of it, and adopt that.",
        )
    contract = draft_contract(profile, name, owner)
    by_row = by_row or has_row_key(settings, name)
    notes, observed = _notes(profile, by_row=by_row), None
    if profile.table is None:
        try:
            observed = observe(settings, name, contract)
            day = event_day(observed)
            late = late_after_days(settings, name, contract, day) if day else None
            add_rules(contract, profile, observed, late)
        except MeshError as error:
            notes.append(f"no rules of ranges, shares and volume are drafted: {error.message}")
    if by_row:
        notes += add_row_key(contract, profile, observed)
    return Draft(name, profile, contract, notes, why_domain)


def adopt_named(
    settings: Settings,
    dataset: str,
    as_product: str | None,
    owner: str | None,
    update: Collection[str] = (),
    key: str | None = None,
) -> Drafted | Redrafted:
    """Draft the product of what is called `dataset`, or the contract of the product whose folder has SQL alone.

    One that is there is compared with what would be drafted now, and brought to it in the parts of `update`.
    A `key` that is `row` is made of each row.

    Raises:
        UsageError: there is no such dataset, the product's folder is there already, or the key is told otherwise.
        LandingError: it cannot be read, or has no rows.
    """
    by_row = is_by_row(key)
    if drafted := draft_for_sql(settings, dataset, owner):
        return drafted
    source = chosen_source(settings, dataset)
    name = ProductName.parse(as_product) if as_product else default_name(source)
    return adopt(settings, source, name, owner, update, by_row=by_row)


def default_name(source: Found | str) -> ProductName:
    """The name of a product made of `source`, or of what is called so, when none is given.

    Raises:
        UsageError: the source's own name makes none.
    """
    _, domain, name = str(source).split(".", 2)
    return ProductName(snake_case(domain), snake_case(name))


def _notes(profile: DatasetProfile, *, by_row: bool) -> list[str]:
    """What people have to decide first, then what was found."""
    names = column_names(profile)
    notes = [f"question: {names[c.name]}: {c.question}" for c in profile.columns if c.question]
    notes += [f"question: {question.message}" for question in profile.questions]
    if profile.near_key and not profile.likely_key and not by_row:
        notes.append(f"question: {profile.near_key.told(profile.row_count)}")
    notes += [f"{names[c.name]}: {profile.nearly(c)}" for c in profile.columns if c.misfits]
    notes += _evidence(profile)
    notes += [f"read: {note}" for note in profile.notes]
    notes += [f"kept aside: {each}" for each in profile.unreadable]
    if more := profile.unreadable_count - len(profile.unreadable):
        notes.append(f"kept aside: {more:,} more; a build has each in its quarantine")
    notes += [
        f"{names[c.name]}: {c.blank_count:,} of blank text, null in the product"
        for c in profile.columns
        if c.blank_count
    ]
    if profile.likely_key:
        word = "also tells the rows apart" if by_row else "key"
        notes.append(f"{word}: {', '.join(names[column] for column in profile.likely_key)}")
    elif not by_row:
        notes.append(
            "no key found: add primaryKey to the contract if you know one, or draft it again with --key row"
        )
    if personal := [names[c.name] for c in profile.columns if c.personal]:
        notes.append(f"personal data: {', '.join(personal)}")
    notes += [f"{names[c.name]}: {told(c.missing)}" for c in profile.columns if c.missing]
    notes += [f"read: {names[c.name]}: {c.evidence}" for c in profile.columns if c.evidence]
    if profile.labels:
        notes.append(f"likely label: {', '.join(names[column] for column in profile.labels)}")
    notes += [f"leak suspect: {names[c.name]}: {leak.told}" for c in profile.columns for leak in c.leaks]
    notes += [
        f"treatment: {names[c.name]}: {c.randomised}; whom it changes: mesh model uplift D.P --treatment "
        f"{names[c.name]} --label COL"
        for c in profile.columns
        if c.randomised
    ]
    return notes


def _evidence(profile: DatasetProfile) -> list[str]:
    if profile.table is None:
        read = sum(column.reading is not None for column in profile.columns)
        return [
            f"{counted(len(profile.columns), 'column')}, {read} of them text read as numbers, dates or yes/no"
        ]
    dates = [c.name for c in profile.columns if c.reading and c.reading.logical_type in {"date", "timestamp"}]
    notes = [f"{counted(len(profile.columns), 'column')}, types as {profile.table.product} has them"]
    if dates:
        notes.append(f"text read as dates: {', '.join(dates)}")
    if profile.table.is_sample:
        notes.append(f"told from a sample of {counted(profile.row_count, 'row')}")
    notes += [f"{', '.join(key.columns)} refers to {key}" for key in profile.table.foreign_keys]
    return notes
