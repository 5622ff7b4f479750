"""Writing down what was found: a product of the labelled rows with the features that help, off until it is accepted.

Landed datasets that it reads and that are no products yet are drafted with it, as `mesh adopt` would, and wait with it.
The check beside it makes the features of the first cut-off again without a row that came later: they have to be the
same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.boosting.accepting import model_diff, waits, write_intent
from meshlake.boosting.boost import boost_model
from meshlake.boosting.features_sql import features_sql
from meshlake.boosting.model_start import LEARNED, model_start
from meshlake.boosting.page import write_boost_page
from meshlake.boosting.predicted import target_of
from meshlake.boosting.told import doubt_rows
from meshlake.discovery.sources import chosen_source
from meshlake.drafting.adopt import adopt
from meshlake.drafting.product_folder import Drafted, off_folder, product_folder, waiting_folder
from meshlake.drafting.sql_draft import SqlDraft, draft_sql
from meshlake.names import ProductName, quote_identifier
from meshlake.products.load import load_products

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from meshlake.boosting.boost import Search
    from meshlake.boosting.considered import Boosted, Considered
    from meshlake.boosting.feature import Feature
    from meshlake.boosting.hops import Source
    from meshlake.boosting.model_start import ModelStart
    from meshlake.settings import Settings

CHECK = "unchanged_by_later_rows"
PAGE_FILE = "boost.html"
_SMALLEST, _OF_LARGEST = "1e-9", "1e-12"


def with_draft(
    settings: Settings,
    name: ProductName,
    owner: str | None,
    search: Callable[[], Boosted],
    progress: Callable[[str], None] = lambda _: None,
) -> Boosted:
    """What `search` finds, with the products drafted of it: `name`, off, after those that it reads and that are not
    there yet. Of nothing that helps nothing is drafted.

    Raises:
        UsageError: the folder is there already, which is told before the search; or the search does.
        MeshError: a product cannot be made of what has landed.
    """
    off_folder(product_folder(settings.products, name))
    found = search()
    if not found.kept:
        return found
    if found.start:
        found = replace(found, change=model_diff(found.start, name))
    return replace(found, drafted=tuple(_drafted(settings, found, name, owner, progress)))


def waiting_draft(settings: Settings, model: ProductName) -> Path | None:
    """Where a draft for a model waits to be accepted, if one does.

    Raises:
        UsageError: it is no model that can be made better, or learns from several products.
    """
    usual = _usual_name(model_start(settings, model))
    off = waiting_folder(settings.products / usual.domain / usual.product)
    return off if off.is_dir() else None


def _usual_name(start: ModelStart) -> ProductName:
    return ProductName(start.source.domain, f"{start.source.product}_boosted")


def with_model_draft(
    settings: Settings,
    model: ProductName,
    search: Search,
    as_product: str | None = None,
    owner: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Boosted:
    """As `with_draft`, for a model that is there; what is drafted is `as_product`, else named after its features.

    Raises:
        UsageError: it is no model that can be made better, learns from several products, or a draft waits already.
        MeshError: a product cannot be made of what has landed.
    """
    start = model_start(settings, model)
    name = ProductName.parse(as_product) if as_product else _usual_name(start)
    return with_draft(settings, name, owner, lambda: boost_model(settings, start, search, progress), progress)


def _drafted(
    settings: Settings,
    found: Boosted,
    name: ProductName,
    owner: str | None,
    progress: Callable[[str], None],
) -> list[Drafted]:
    sources = [_source(each) for each in found.kept]
    grain = [*found.key, *([found.cutoff] if found.cutoff else [])]
    kept = [*grain, *found.base, found.label]
    rows = "" if found.start is None or found.start.is_plain else found.start.relation
    labelled = quote_identifier(LEARNED) if rows else found.product.sql
    read = [source.reading(labelled) for source in sources]
    select = features_sql(labelled, found.cutoff, kept, read, rows)
    words = {each.name: each.told for source in sources for each in source.features}
    words |= {name: f"{words[name]} In doubt: {why}." for _, name, why in doubt_rows(found)}
    words |= dict.fromkeys(kept, f"As in {found.product}.")
    draft = SqlDraft(
        name,
        _comment(found) + select,
        f"{found.product} with what the mesh knew of each row before its cut-off, found by mesh boost.",
        words,
        tuple(grain),
        {CHECK: invariance_sql(found, name, sources)} if found.cutoff else {},
        is_off=True,
    )
    adopted = _adopted(settings, found, owner, progress)
    progress(f"writing down {name}: all of its {found.row_count:,} rows are made once, for its rules")
    try:
        made = draft_sql(settings, draft, owner)
    finally:
        adopted = [waits(each) for each in adopted]
    write_boost_page(found, made.folder / PAGE_FILE)
    made = write_intent(made, adopted, found.start)
    return [*adopted, replace(made, files=(*made.files, PAGE_FILE))]


def _adopted(
    settings: Settings, found: Boosted, owner: str | None, progress: Callable[[str], None]
) -> list[Drafted]:
    """Products of the landed datasets that are read on the way."""
    there = load_products(settings.products).products
    drafted = {}
    for each in found.kept:
        for table in (*each.found.tables, *each.found.calendars) if each.found else ():
            if table.is_drafted and table.name not in there and table.name not in drafted:
                progress(f"writing down {table.name}: all of its rows are read, for its rules")
                made = adopt(settings, chosen_source(settings, table.profile.name), table.name, owner)
                if isinstance(made, Drafted):
                    drafted[table.name] = made
    return list(drafted.values())


def _source(each: Considered) -> Source:
    """A path's source with the features that stay, and the columns that they are made of."""
    source = each.source
    features = tuple(feature for feature in source.features if feature.name in each.features)
    text = " ".join(feature.sql for feature in features)
    cells = tuple((name, sql) for name, sql in source.cells if quote_identifier(name) in text)
    return replace(source, features=features, cells=cells)


def _comment(found: Boosted) -> str:
    lines = [
        f"-- What makes {found.label} of {found.product} better known, found by mesh boost.",
        "-- Of each table two questions are left: is the join real, and was this known then?",
    ]
    loss = target_of(found.predicted).loss
    for each in found.kept:
        known = f"known from {each.known_at} on" if each.known_at else "no date says since when it is known"
        gain = f"{loss} falls by {each.judged.gain.estimate:.4f}" if each.judged else ""
        lines.append(f"-- {each.table}: {each.path}; {known}; {gain}")
    lines += [f"-- In doubt: {name} of {table}: {why}" for table, name, why in doubt_rows(found)]
    return "\n".join(lines) + "\n"


def invariance_sql(found: Boosted, name: ProductName, sources: Sequence[Source]) -> str:
    """The rows of the first cut-off whose features are others when every row known later is taken away."""
    cutoff = quote_identifier(found.cutoff or "")
    first = f"(SELECT MIN({cutoff}) FROM {name.sql})"
    every = found.start.relation if found.start else found.product.sql
    earlier = [_without_later(source.reading(every), first) for source in sources]
    grain = [*found.key, found.cutoff or ""]
    labelled = f"(SELECT * FROM {every} AS every_row WHERE {cutoff} = {first})"
    select = features_sql(labelled, found.cutoff, grain, earlier)
    same = " AND ".join(
        f"again.{quote_identifier(each)} = published.{quote_identifier(each)}" for each in grain
    )
    others = "\n    OR ".join(differs_sql(each, name.sql) for source in sources for each in source.features)
    indented = "\n".join(f"    {line}" for line in select.rstrip().split("\n"))
    return (
        "-- Features of the first cut-off, made again without any row that was known later: they have to be the same.\n"
        f"SELECT published.*\nFROM (\n{indented}\n) AS again\nINNER JOIN {name.sql} AS published\n    ON {same}\n"
        f"WHERE\n    {others}\n"
    )


def _without_later(source: Source, first: str) -> Source:
    hops = tuple(
        replace(hop, sql=f"(SELECT * FROM {hop.sql} WHERE {hop.known_sql()} < {first})")
        if hop.moment
        else hop
        for hop in source.hops
    )
    return replace(source, hops=hops)


def differs_sql(feature: Feature, product: str) -> str:
    """SQL for whether the cells of `again` and `published`, of the SQL name `product`, are not the same.

    Numbers may differ by the order that they were added up in: by 1e-9 of themselves, and by 1e-12 of the largest of
    their column, since amounts that cancel each other come to 0 in one order and to 1e-14 in another.
    """
    cell = quote_identifier(feature.name)
    one, other = f"again.{cell}", f"published.{cell}"
    if not feature.is_number:
        return f"{one} IS DISTINCT FROM {other}"
    near = f"{_SMALLEST} * (ABS({one}) + ABS({other})) + {_OF_LARGEST} * (SELECT MAX(ABS({cell})) FROM {product})"
    return f"({one} IS NULL) <> ({other} IS NULL)\n    OR ABS({one} - {other}) > {near}"
