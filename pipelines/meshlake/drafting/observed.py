"""What the rows of a drafted product are like: asked of the rows that its first build will publish, for its rules."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import permutations
from typing import TYPE_CHECKING, Any, Protocol

from meshlake.drafting.product_folder import dump_plain
from meshlake.engines.engine import open_local
from meshlake.names import quote_identifier, quote_literal
from meshlake.products.load import load_product
from meshlake.products.places import open_landing
from meshlake.products.transform import CONTRACT_FILE
from meshlake.types.tree import Scalar, is_moment, is_nested, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.column import Column
    from meshlake.engines.session import LocalSession
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings

# Of fewer rows nothing is told.
FEWEST_ROWS = 20
# So many standard errors are chance once in many years of days.
STANDARD_ERRORS = 9
# Pairs of dates grow with the square of their columns.
_MOST_MOMENTS = 8
_SHAPED_ROWS = 10_000
# As many as tell whether the last of them are like those before.
NEWEST_DAYS = 100
# In one statement: what it holds grows with its aggregates (`discovery.batches`).
_COLUMNS = 100
_LONGEST_CODE = 40
# A run of digits, of capital and of small letters each become one sign; \1 to \3 are none that a code has.
_SHAPE = (
    "regexp_replace(regexp_replace(regexp_replace({0}, '[0-9]+', chr(1), 'g'), '[A-Z]+', chr(2), 'g'), "
    "'[a-z]+', chr(3), 'g')"
)
_RUNS = {"\x01": "[0-9]+", "\x02": "[A-Z]+", "\x03": "[a-z]+"}
_LITERAL = frozenset(" -_/:.#")


@dataclass(frozen=True)
class Seen:
    """What the values of one column are like; `low` to `spread` of numbers, or of the lengths of texts.

    `day_count` counts the days of a date, `weekday_count` those from Monday to Friday, and `days` has the rows of the
    newest; `shape` is a regular expression that all texts match.
    """

    column: Column
    present: int
    distinct: int
    low: float | date | None = None
    high: float | date | None = None
    mean: float | None = None
    spread: float | None = None
    true_share: float | None = None
    day_count: int = 0
    weekday_count: int = 0
    days: Mapping[date, int] = field(default_factory=dict)
    shape: str | None = None


@dataclass(frozen=True)
class Observed:
    """The rows: how many, their columns, the dates that never come after another, and how many rows repeat one."""

    row_count: int
    columns: Mapping[str, Seen]
    orders: tuple[tuple[str, str], ...] = ()
    repeated_share: float | None = None
    compared: tuple[str, ...] = field(default=())


class Described(Protocol):
    """What is known of a column besides its rows: each value of one of few, and whether they look personal."""

    @property
    def values(self) -> tuple[tuple[str, int], ...]:
        """The values with their counts, the most frequent first; none of a column of many."""

    @property
    def personal(self) -> str | None:
        """What kind of personal data it looks like."""


def observe(settings: Settings, name: ProductName, contract: Mapping[str, Any]) -> Observed:
    """What the rows of product `name` are like, that `contract` makes of landed files.

    Raises:
        MeshError: they cannot be made.
    """
    with _drafted_rows(settings, name, contract) as (session, columns, has_key):
        return observed_rows(session, name, columns, has_key=has_key)


def observed_rows(
    session: LocalSession, name: ProductName, columns: Sequence[Column], *, has_key: bool
) -> Observed:
    """What the rows are like that can be read under `name` in `session`."""
    flat = [column for column in columns if not is_nested(column.type)]
    if len(flat) > _COLUMNS:
        session.copy_rows(name)  # else each statement plans the casts of all columns
    shapes = _shapes(session, name, flat)
    dates = [column.name for column in flat if is_moment(column.type)][:_MOST_MOMENTS]
    pairs = list(permutations(dates, 2))
    row_count, counts, seen = 0, list[list[int]](), dict[str, Seen]()
    for i in range(0, len(flat) or 1, _COLUMNS):
        asked = {column: _asked(column, shapes.get(column.name)) for column in flat[i : i + _COLUMNS]}
        told = [text for one in asked.values() for text in one.values()]
        # With the first columns, since each statement makes all rows anew.
        beside = [_pair(*pair) for pair in pairs] if i == 0 else []
        row_count, *answers = _answers(session, name, [*beside, *told])
        counts += answers[: len(beside)]
        rest = iter(answers[len(beside) :])
        for column, one in asked.items():
            seen[column.name] = _seen(column, {key: next(rest) for key in one}, shapes)
    held = [
        pair for pair, count in zip(pairs, counts, strict=True) if _holds(count, seen[pair[0]], seen[pair[1]])
    ]
    compared = () if has_key else tuple(column.name for column in flat)
    repeated = _repeated(session, name, compared) if compared and len(flat) == len(columns) else None
    return Observed(int(str(row_count)), seen, tuple(held), repeated, compared)


def _answers(session: LocalSession, name: ProductName, told: Sequence[str]) -> tuple[Any, ...]:
    """The number of rows, and what they say of each aggregate of `told`."""
    (row,) = session.rows(f"SELECT {', '.join(['count(*)', *told])} FROM {name.sql}")
    return row


@contextmanager
def _drafted_rows(
    settings: Settings, name: ProductName, contract: Mapping[str, Any]
) -> Iterator[tuple[LocalSession, tuple[Column, ...], bool]]:
    """A session in which the product can be read under its name, its columns, and whether it has a key."""
    with (
        drafted_products(settings, {name: contract}) as products,
        unbuilt_rows(settings, list(products.values())) as session,
    ):
        product = products[name]
        yield session, product.contract.columns, bool(product.contract.primary_key)


@contextmanager
def drafted_products(
    settings: Settings,
    contracts: Mapping[ProductName, Mapping[str, Any]],
    beside: Mapping[str, str] | None = None,
) -> Iterator[dict[ProductName, Product]]:
    """The products that `contracts` would make, with the files `beside` them; none is written where products are.

    Raises:
        MeshError: one cannot be read.
    """
    root = settings.scratch / f"draft-{uuid.uuid4().hex}"
    try:
        products = {}
        for name, contract in contracts.items():
            folder = root / name.domain / name.product
            folder.mkdir(parents=True)
            for file, text in {CONTRACT_FILE: dump_plain(contract), **(beside or {})}.items():
                (folder / file).write_text(text, encoding="utf-8")
            products[name] = load_product(folder)
        yield products
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def unbuilt_rows(settings: Settings, products: Sequence[Product]) -> Iterator[LocalSession]:
    """A session in which `products`, each cast from landed files, can be read as their next build will publish them.

    Raises:
        MeshError: one cannot be made.
    """
    landing = open_landing(settings, products)
    with open_local(settings, " and ".join(str(each.name) for each in products)) as session:
        for dataset in {each.transform.landed for each in products}:
            files = landing.landed(dataset).files if dataset is not None else None
            if files is None:
                raise AssertionError(products)  # only files are observed
            session.bind_landed(files)
        for product in products:
            select = product.transform.unbuilt_select(product.contract, session)
            session.bind(product.name, f"(\n{select}\n)")
        yield session


def _asked(column: Column, shape: str | None) -> dict[str, str]:
    """The aggregates to ask of a column, by what they tell."""
    cell = quote_identifier(column.name)
    asked = {"present": f"count({cell})", "distinct": f"approx_count_distinct({cell})"}
    if is_number(column.type):
        value = f"CASE WHEN isfinite(CAST({cell} AS DOUBLE)) THEN CAST({cell} AS DOUBLE) END"
        asked |= _spread(value)
    elif is_moment(column.type):
        day = f"CAST({cell} AS DATE)"
        days = f"coalesce(histogram({day}), MAP {{}})"
        asked |= {
            "low": f"min({day})",
            "high": f"max({day})",
            "day_count": f"len(map_keys({days}))",
            "weekday_count": f"len(list_filter(map_keys({days}), lambda each: isodow(each) < 6))",
            "days": f"map_from_entries(map_entries({days})[-{NEWEST_DAYS}:])",
        }
    elif column.type is Scalar.BOOLEAN:
        asked["true_share"] = f"avg(CAST({cell} AS INTEGER))"
    elif column.type is Scalar.VARCHAR:
        asked |= _spread(f"length({cell})")
    if shape is not None:
        asked["fits"] = f"count(CASE WHEN regexp_matches({cell}, {quote_literal(shape)}) THEN 1 END)"
    return asked


def _spread(value: str) -> dict[str, str]:
    # Of values so large that their squares are none, DuckDB's own deviation is an error.
    deviation = f"sqrt(greatest(avg(({value}) * ({value})) - avg({value}) * avg({value}), 0))"
    return {"low": f"min({value})", "high": f"max({value})", "mean": f"avg({value})", "spread": deviation}


def _seen(column: Column, told: dict[str, Any], shapes: Mapping[str, str]) -> Seen:
    fits = told.pop("fits", None)
    is_shaped = fits is not None and fits == told["present"]
    return Seen(column, **told, shape=shapes[column.name] if is_shaped else None)


def _pair(first: str, second: str) -> str:
    """How many rows have both dates, have the second first, and have two that differ."""
    one, other = quote_identifier(first), quote_identifier(second)
    return (
        f"[count(CASE WHEN {one} IS NOT NULL AND {other} IS NOT NULL THEN 1 END), "
        f"count(CASE WHEN {one} > {other} THEN 1 END), count(CASE WHEN {one} < {other} THEN 1 END)]"
    )


def _holds(counts: list[int], first: Seen, second: Seen) -> bool:
    """Whether the first date never comes after the second, which the times they span do not tell by themselves."""
    both, wrong, right = counts
    spans = (second.low, first.high)
    meet = all(isinstance(each, date | datetime) for each in spans) and spans[0] <= spans[1]  # type: ignore[operator]
    return not wrong and bool(right) and both >= FEWEST_ROWS and meet


def _shapes(session: LocalSession, name: ProductName, columns: list[Column]) -> dict[str, str]:
    """Of each column of codes the regular expression of the first rows' form, where all have one."""
    texts = [column.name for column in columns if column.type is Scalar.VARCHAR]
    found: dict[str, str | None] = {}
    for i in range(0, len(texts), _COLUMNS):
        found |= _forms(session, name, texts[i : i + _COLUMNS])
    shapes = {text: _pattern(form) for text, form in found.items() if form}
    return {text: pattern for text, pattern in shapes.items() if pattern}


def _forms(session: LocalSession, name: ProductName, texts: Sequence[str]) -> dict[str, str | None]:
    """The one form of the first rows of each column of short texts; None where they have several."""
    forms = {text: _SHAPE.format(quote_identifier(text)) for text in texts}
    told = [
        f"CASE WHEN min({form}) = max({form}) AND max(length({quote_identifier(text)})) <= {_LONGEST_CODE} "
        f"THEN min({form}) END"
        for text, form in forms.items()
    ]
    first = f"(SELECT {', '.join(map(quote_identifier, texts))} FROM {name.sql} LIMIT {_SHAPED_ROWS})"
    (row,) = session.rows(f"SELECT {', '.join(told)} FROM {first}")
    return {text: None if form is None else str(form) for text, form in zip(texts, row, strict=True)}


def _pattern(form: str) -> str | None:
    """The regular expression of a form; None where it says little, or has signs that are not plain.

    >>> _pattern("\\x02-\\x01")
    '^[A-Z]+-[0-9]+$'
    """
    if "\x01" not in form or not all(sign in _RUNS or sign in _LITERAL for sign in form):
        return None
    return f"^{''.join(_RUNS.get(sign) or (f'[{sign}]' if sign == '.' else sign) for sign in form)}$"


def _repeated(session: LocalSession, name: ProductName, columns: tuple[str, ...]) -> float:
    ((share,),) = session.rows(repeated_share_sql(columns).replace("{object}", name.sql))
    return float(str(share or 0))


def repeated_share_sql(columns: tuple[str, ...]) -> str:
    """The percentage of rows of {object} that are like an earlier one in all `columns`."""
    listed = ", ".join(map(quote_identifier, columns))
    return (
        "SELECT 1e2 * (sum(row_count) - count(*)) / sum(row_count) FROM "
        f"(SELECT count(*) AS row_count FROM {{object}} GROUP BY {listed}) AS kinds"
    )
