"""Products that are not cast from one landed dataset, such as aggregates, as tables of a search, as published.

What is made of the labelled product knows its label and is none of them, nor are what models say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.drafting.feature_table import bind_rows
from meshlake.lake.catalog import Lake
from meshlake.names import LANDING_CATALOG
from meshlake.products.graph import with_downstream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from meshlake.boosting.labelled import Labelled
    from meshlake.names import ProductName
    from meshlake.products.load import ProductSet
    from meshlake.products.product import Product
    from meshlake.settings import Settings


def written_products(
    settings: Settings, loaded: ProductSet, labelled: Labelled, folder: Path, landed: Collection[str]
) -> dict[str, ProductName]:
    """Write the rows of each such product into `folder` as a dataset to be discovered; the products by dataset.

    They are called as the product, unless that has `landed`, too.

    Raises:
        MeshError: rows cannot be read.
    """
    import pyarrow.parquet as pq

    found = {}
    session = labelled.table.session
    for product in _published(settings, loaded, labelled.product):
        bind_rows(settings, product, session)
        name = product.name
        dataset = f"{LANDING_CATALOG}.{name}"
        if dataset in landed:
            dataset += "_published"
        place = folder / name.domain / dataset.rpartition(".")[2]
        place.mkdir(parents=True)
        rows = session.batches(f"SELECT * FROM {name.sql}")
        with pq.ParquetWriter(place / "rows.parquet", rows.schema) as writer:
            for batch in rows:
                writer.write_batch(batch)
        found[dataset] = name
    return found


def _published(settings: Settings, loaded: ProductSet, labelled: ProductName) -> Iterator[Product]:
    lake = Lake(settings)
    knows_the_label = with_downstream(loaded.products, [labelled])
    for name, product in sorted(loaded.products.items(), key=lambda each: str(each[0])):
        is_made = product.transform.landed is None and not product.is_model
        if is_made and name not in knows_the_label and lake.head((name.domain, name.product)) is not None:
            yield product
