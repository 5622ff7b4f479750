"""Drafting a segmentation product on any product with numbers: `model.yaml`, and the contract of its segments."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from meshlake.drafting.contract_document import Description, column_facts
from meshlake.drafting.feature_table import FeatureTable, open_features
from meshlake.drafting.model_document import INTEGER, NUMBER, STRING, no_features, scores_contract
from meshlake.drafting.product_folder import Drafted, default_owner, product_folder, write_product
from meshlake.drafting.profile_draft import profile_contract, profile_name, profile_sql
from meshlake.drafting.sql_draft import SQL_FILE
from meshlake.errors import UsageError
from meshlake.ml_assets.clusterers.clusterer import NOISE
from meshlake.names import name_words, quote_identifier
from meshlake.outcome_names import is_about_leaving
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from meshlake.names import ProductName
    from meshlake.settings import Settings

# Places and codes are numbers whose distances mean nothing to how customers behave.
_NO_AMOUNTS = frozenset(
    {"zip", "postcode", "postal", "code", "latitude", "longitude", "lat", "lon", "lng", "year"}
)
_MOST_COLUMNS = 6
_SAME_THING = 0.9
_SKEWED = 1.0


def draft_segments(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    key: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: groups of the rows of product `source` that are alike in its numbers; and their profile.

    Raises:
        UsageError: no key, no numbers to compare by, or a folder that is there.
    """
    profile = profile_name(name)
    for each in (name, profile):
        product_folder(settings.products, each)
    with open_features(settings, source) as table:
        keys = table.key(key)
        columns, left_out = _columns(table, keys)
        if not columns:
            raise UsageError(
                f"{source} has no numbers that rows could be compared by",
                "Choose a product that counts or measures.",
            )
        model = {
            "task": "segments",
            "features": _features(table, keys, columns),
            "key": keys[0] if len(keys) == 1 else keys,
            "columns": columns,
            "policy": {"k_min": 3, "k_max": 6, "seed": 42},
        }
        owner = owner or default_owner()
        contract = _contract(table, name, keys, columns, owner)
    notes = [
        f"compared by: {', '.join(f'{column} ({scale})' for column, scale in columns.items())}",
        f"key: {', '.join(keys)}",
        *(f"left out: {column}: {reason}" for column, reason in left_out.items()),
        f"what is usual in each segment is the product {profile}, drafted too",
    ]
    drafted = write_product(settings, name, contract, model, notes)
    select = profile_sql(name, str(model["features"]), keys, columns)
    write_product(
        settings,
        profile,
        profile_contract(name, owner, columns),
        None,
        [],
        {SQL_FILE: select.encode()},
    )
    return drafted


def _columns(table: FeatureTable, keys: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """The columns to compare by, each with its scale, and those left out with the reason."""
    numbers = [
        name for name, kind in table.columns.items() if is_number(kind) and name not in {*keys, table.cutoff}
    ]
    left_out = no_features(table, numbers)
    left_out |= {
        name: "is a place or a code, not an amount" for name in numbers if _NO_AMOUNTS & set(name_words(name))
    }
    left_out |= {name: "is an outcome" for name in numbers if is_about_leaving(name)}
    skews: dict[str, float] = {}
    for name in [name for name in numbers if name not in left_out]:
        cell = f"CAST({quote_identifier(name)} AS DOUBLE)"
        row = table.session.rows(
            f"SELECT approx_count_distinct({cell}), skewness({cell}) FROM {table.name.sql}"
        )[0]
        if int(str(row[0])) <= 2:
            left_out[name] = "has two values or fewer"
        else:
            skews[name] = float(str(row[1] or 0.0))
    left_out |= _repeated(table, list(skews))
    chosen = [name for name in skews if name not in left_out]
    left_out |= dict.fromkeys(chosen[_MOST_COLUMNS:], f"one of more than {_MOST_COLUMNS}")
    return {n: "log" if skews[n] > _SKEWED else "linear" for n in chosen[:_MOST_COLUMNS]}, left_out


def _repeated(table: FeatureTable, names: list[str]) -> dict[str, str]:
    """Columns that say what an earlier one says already, which would count it twice."""
    pairs = list(combinations(names, 2))
    if not pairs:
        return {}
    cells = ", ".join(f"corr({quote_identifier(one)}, {quote_identifier(other)})" for one, other in pairs)
    row = table.session.rows(f"SELECT {cells} FROM {table.name.sql}")[0]
    repeated: dict[str, str] = {}
    for (one, other), correlation in zip(pairs, row, strict=True):
        if correlation is not None and abs(float(str(correlation))) >= _SAME_THING and one not in repeated:
            repeated.setdefault(other, f"moves with {one} (correlation {float(str(correlation)):.2f})")
    return repeated


def _features(table: FeatureTable, keys: tuple[str, ...], columns: dict[str, str]) -> str:
    """The product, or of several cut-off dates its latest."""
    if table.cutoff is None:
        return str(table.name)
    cutoff = quote_identifier(table.cutoff)
    cells = ",\n    ".join(map(quote_identifier, (*keys, *columns)))
    latest = f"(SELECT MAX({cutoff}) FROM {table.name.sql})"
    return f"SELECT\n    {cells}\nFROM {table.name.sql}\nWHERE {cutoff} = {latest}\n"


def _contract(
    table: FeatureTable, name: ProductName, keys: tuple[str, ...], columns: dict[str, str], owner: str
) -> dict[str, Any]:
    scores = [
        column_facts(
            "segment",
            INTEGER,
            f"Number of the segment, the same while versions find it again; {NOISE} where a row is in none, as "
            "algorithms of density say.",
            minimum=NOISE,
        ),
        column_facts("segment_name", STRING, "The segment in words, by its medians."),
        column_facts(
            "distance",
            NUMBER,
            "Distance to the segment's centre, of a row in none to the nearest, in scaled feature space.",
            minimum=0,
        ),
    ]
    description = Description(
        purpose=f"Groups of the rows of {table.name} alike in {', '.join(columns)}.",
        usage=f"Choose by segment_name; join to {table.name} on {', '.join(keys)}.",
        limitations="Segments are cut from a continuum; a large distance marks a row near no segment's centre. "
        "A segment that a new model version finds again keeps its number.",
    )
    return scores_contract(name, owner, "segments", description, table, keys, scores)
