"""A contract drafted for a folder that has its SQL and nothing more.

Columns and types are those that the SQL gives, classifications those of the columns it reads, by lineage; key and rules
are what holds for its rows when it is run once, where what it reads is published or can be cast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.discovery.names import is_identifier
from meshlake.drafting.contract_document import (
    HAS_ROWS,
    Description,
    column_facts,
    document,
    title,
    type_facts,
)
from meshlake.drafting.daily_rules import event_day
from meshlake.drafting.drafted_rules import add_column_rules, table_rules
from meshlake.drafting.feature_table import bind_rows
from meshlake.drafting.observed import FEWEST_ROWS, drafted_products, observed_rows
from meshlake.drafting.product_folder import Drafted, default_owner, write_product
from meshlake.engines.engine import open_binder, open_local
from meshlake.errors import MeshError, UsageError
from meshlake.names import ProductName, quote_identifier
from meshlake.products.classification import Classifications, is_personal
from meshlake.products.inputs import select_inputs
from meshlake.products.lineage import InputColumn
from meshlake.products.load import load_products
from meshlake.products.places import open_landing
from meshlake.products.transform import CONTRACT_FILE, read_text
from meshlake.types.tree import is_nested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.engines.session import LocalSession
    from meshlake.names import InputName
    from meshlake.products.load import ProductSet
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.types.tree import Type

SQL_FILE = "transform.sql"
_NO_KEY = "no key was found: add primaryKey to the contract if you know one"
# Combinations grow with the parts.
_MOST_PARTS = 6


@dataclass(frozen=True)
class SqlDraft:
    """A product made by SQL that is to be drafted; what is said of it and its `columns` in words, where that is known.

    `key` are the columns that have to tell its rows apart; empty where they are to be found. `checks` are SELECTs of
    rows that violate them, by name; a product that `is_off` waits to be accepted.
    """

    name: ProductName
    text: str
    purpose: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    is_off: bool = False


def draft_for_sql(settings: Settings, product: str, owner: str | None = None) -> Drafted | None:
    """Write the contract of `product` into its folder; None unless that has a `transform.sql` and no contract.

    Raises:
        ContractError: the SQL is none, or reads what no contract describes.
    """
    domain, _, short = product.partition(".")
    folder = settings.products / domain / short
    sql = folder / SQL_FILE
    if not sql.exists() or (folder / CONTRACT_FILE).exists():
        return None
    return draft_sql(settings, SqlDraft(ProductName.parse(product), read_text(sql)), owner)


def draft_sql(settings: Settings, draft: SqlDraft, owner: str | None = None) -> Drafted:
    """Write a product's folder, of which its SQL is there already or written with its contract.

    Raises:
        ContractError: the SQL is none, or reads what no contract describes.
        UsageError: the key that is said to be one is none, or the folder cannot be written.
    """
    name, text = draft.name, draft.text
    sql = settings.products / name.domain / name.product / SQL_FILE
    reads = select_inputs(text, sql)
    loaded = load_products(settings.products)
    tables: dict[InputName, Mapping[str, Type]] = {
        each: {column.name: column.type for column in product.contract.columns}
        for each, product in loaded.products.items()
    }
    with open_binder(tables) as binder:
        columns = binder.columns(text.strip().rstrip(";"), sql)
    words = Description(
        draft.purpose or f"{title(name)}, as {SQL_FILE} makes them.",
        "Say what it is for.",
        "Drafted: rules, key and classification are as observed and as the columns read have them.",
    )
    table = {
        "properties": [
            column_facts(
                column,
                type_facts(kind),
                draft.columns.get(column, f"As {SQL_FILE} gives it."),
                is_required=False,
            )
            for column, kind in columns.items()
        ],
        "quality": [HAS_ROWS],
    }
    contract = document(name, owner or default_owner(), (), words, table)
    notes = [
        f"{counted(len(columns), 'column')}, as {SQL_FILE} gives them",
        f"reads {', '.join(map(str, reads)) or 'nothing'}",
    ]
    try:
        with drafted_products(settings, {name: contract}, {SQL_FILE: text}) as drafted:
            notes += _enriched(settings, contract, drafted[name], loaded, draft.key)
    except MeshError as error:
        if draft.key:
            raise
        notes.append(f"no key and no rules of its rows are drafted: {error.message}")
    kept = {} if sql.exists() else {SQL_FILE: text.encode()}
    kept |= {f"checks/{check}.sql": query.encode() for check, query in draft.checks.items()}
    return write_product(settings, name, contract, None, notes, kept, is_off=draft.is_off)


def _enriched(
    settings: Settings,
    contract: dict[str, Any],
    product: Product,
    loaded: ProductSet,
    meant_key: tuple[str, ...],
) -> Iterator[str]:
    """Add to the contract what columns inherit and what the rows are like, and tell it.

    Raises:
        UsageError: `meant_key` tells no rows apart, or there are none.
        MeshError: what it reads can be known only once that is built, or the SQL cannot be run.
    """
    name, table = product.name, contract["schema"][0]
    products = {**loaded.products, name: product}
    for column, found in Classifications(products).of(name).items():
        if found.word is not None:
            _property(table, column)["classification"] = found.word
            sources = ", ".join(found.inherited_names)
            _property(table, column)["description"] += f" Classified as {sources} is."
            yield f"{column}: {found.word}, as {sources}"
    with open_local(settings, str(name), product.rows_file) as session:
        for read in product.inputs:
            if isinstance(read, ProductName):
                _bind(settings, read, loaded, session)
            elif (files := open_landing(settings, products.values()).landed(read).files) is not None:
                session.bind_landed(files)
        _bind_sql(product, session)
        if meant_key:
            session.copy_rows(name)  # else each statement makes them anew
        if meant_key and not _tells_apart(session, name, meant_key):
            raise UsageError(
                f"{name}: {', '.join(meant_key)} tells no rows apart", "Its SQL says how they are made."
            )
        key = meant_key or _key(session, product, loaded)
        seen = observed_rows(session, name, product.contract.columns, has_key=bool(key))
    for position, column in enumerate(key, start=1):
        _property(table, column).update(primaryKey=True, primaryKeyPosition=position, required=True)
    yield f"key: {', '.join(key)}, proven on {seen.row_count:,} rows" if key else _NO_KEY
    if rules := table_rules(seen):
        table["quality"] = rules
    day = event_day(seen)
    for facts in table["properties"]:
        personal = "personal" if is_personal(facts.get("classification")) else None
        add_column_rules(facts, _Column(personal), seen, day=day, is_key=[facts["name"]] == list(key))


def _bind(settings: Settings, name: ProductName, loaded: ProductSet, session: LocalSession) -> None:
    """Let the rows of a product be read; of one that was never built, as its SQL gives them.

    Raises:
        MeshError: they can be known only once it is built.
    """
    product = loaded.get(name)
    try:
        bind_rows(settings, product, session)
    except UsageError:
        if product.rows_file.name != SQL_FILE:
            raise
        for read in product.inputs:
            if not isinstance(read, ProductName):
                raise
            _bind(settings, read, loaded, session)
        _bind_sql(product, session)


def _bind_sql(product: Product, session: LocalSession) -> None:
    select = read_text(product.rows_file).strip().rstrip(";")
    session.bind(product.name, f"(\n{select}\n)")


@dataclass(frozen=True)
class _Column:
    """See `Described`; values are not listed, since what SQL makes may be anything."""

    personal: str | None
    values: tuple[tuple[str, int], ...] = ()


def _property(table: Mapping[str, Any], column: str) -> dict[str, Any]:
    return next(each for each in table["properties"] if each["name"] == column)


def _key(session: LocalSession, product: Product, loaded: ProductSet) -> tuple[str, ...]:
    """The columns that tell the rows apart: those that pass on keys of what is read, or are named as identifiers.

    Of fewer rows than rules are made of, only what passes on a whole key.
    """
    lineage = product.transform.lineage(
        product.contract,
        lambda name: (
            [c.name for c in loaded.products[name].contract.columns] if name in loaded.products else []
        ),
    )
    keys = {
        str(InputColumn(str(each), column)): len(loaded.products[each].contract.primary_key)
        for each in product.inputs
        if isinstance(each, ProductName) and each in loaded.products
        for column in loaded.products[each].contract.primary_key
    }
    passed = [
        c for c, each in lineage.items() if each.made_by is None and any(str(i) in keys for i in each.inputs)
    ]
    flat = [c.name for c in product.contract.columns if not is_nested(c.type)]
    likely = [c for c in dict.fromkeys((*passed, *filter(is_identifier, flat))) if c in flat][:_MOST_PARTS]
    ((row_count,),) = session.rows(f"SELECT count(*) FROM {product.name.sql}")
    for size in (1, 2, 3):
        for parts in combinations(likely, size):
            is_enough = int(str(row_count)) >= FEWEST_ROWS or (row_count and set(parts) <= set(passed))
            if is_enough and _tells_apart(session, product.name, parts):
                return parts
    return ()


def _tells_apart(session: LocalSession, name: ProductName, parts: Sequence[str]) -> bool:
    cells = ", ".join(map(quote_identifier, parts))
    held = " AND ".join(f"{quote_identifier(part)} IS NOT NULL" for part in parts)
    ((count, distinct),) = session.rows(
        f"SELECT (SELECT count(*) FROM {name.sql}), "
        f"(SELECT count(*) FROM (SELECT DISTINCT {cells} FROM {name.sql} WHERE {held}) AS kinds)"
    )
    return count == distinct
