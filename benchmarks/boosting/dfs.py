"""featuretools' deep feature synthesis, run by an environment of its own: it does not work with pandas 3.

`python dfs.py FOLDER` reads `task.json` and the tables of FOLDER, and writes `features.parquet`, one row for each of
the labelled rows in their order, and `seconds.json`. Relationships, keys, since when rows are known and what comes
later are told; the primitives are those it takes by itself, and how long ago the last row was.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import featuretools as ft  # type: ignore[import-not-found]
import pandas as pd

_LABELLED, _ROW = "labelled", "labelled_row"
_PRIMITIVES = ("sum", "std", "max", "skew", "min", "mean", "count", "percent_true", "num_unique", "mode")


def main(folder: Path) -> None:
    """Make the features and write them."""
    warnings.simplefilter("ignore")
    told = json.loads((folder / "task.json").read_text())
    wall, cpu = time.perf_counter(), time.process_time()
    entities, moments = _entities(folder, told)
    features, _ = ft.dfs(
        entityset=entities,
        target_dataframe_name=_LABELLED,
        cutoff_time=moments,
        agg_primitives=[*_PRIMITIVES, *(["time_since_last"] if moments is not None else [])],
        max_depth=3,
        n_jobs=1,
        ignore_columns={_LABELLED: told["ignored"]},
    )
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    features = features.loc[sorted(features.index)].reset_index(drop=True)
    plain = {name: _plain(features[name]) for name in features.columns}
    pd.DataFrame(plain).to_parquet(folder / "features.parquet", index=False)
    (folder / "seconds.json").write_text(json.dumps(seconds))


def _entities(folder: Path, told: dict[str, Any]) -> tuple[Any, pd.DataFrame | None]:
    entities = ft.EntitySet()
    labelled = pd.read_parquet(folder / "labelled.parquet")
    cutoff = told["cutoff"]
    moments = None
    if cutoff:
        moments = pd.DataFrame({_ROW: range(len(labelled)), "time": pd.to_datetime(labelled[cutoff])})
        # What happens on the day of a cut-off was not known at it.
        moments["time"] -= pd.Timedelta(microseconds=1)
        labelled = labelled.drop(columns=cutoff)
    labelled.insert(0, _ROW, range(len(labelled)))
    rows = {_LABELLED: labelled} | {
        name: _read(folder / f"{name}.parquet", each) for name, each in told["tables"].items()
    }
    relations = [tuple(_LABELLED if side == "" else side for side in each) for each in told["relations"]]
    # Columns that refer to one another are text, and the ids of the labelled rows have a table of their own.
    relations = _through_ids(rows, relations)
    for name, frame in rows.items():
        each = told["tables"].get(name, {})
        key = (
            _ROW
            if name == _LABELLED
            else each.get("key") or ("id" if name.startswith("ids_of_") else "made_row")
        )
        later = dict(each.get("later", {}).items())
        entities.add_dataframe(
            dataframe=frame,
            dataframe_name=name,
            index=key,
            make_index=key == "made_row",
            time_index=each.get("moment"),
            secondary_time_index=later or None,
        )
    for relation in relations:
        entities.add_relationship(*relation)
    return entities, moments


def _through_ids(rows: dict[str, pd.DataFrame], relations: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    for parent, key, child, column in relations:
        rows[parent][key], rows[child][column] = _as_text(rows[parent][key]), _as_text(rows[child][column])
    made: list[tuple[str, ...]] = []
    for parent, key, child, column in relations:
        if parent != _LABELLED:
            made.append((parent, key, child, column))
            continue
        ids = f"ids_of_{key}"
        both = [rows[_LABELLED][key], rows[child][column], *([rows[ids]["id"]] if ids in rows else [])]
        if ids not in rows:
            made.append((ids, "id", _LABELLED, key))
        rows[ids] = pd.DataFrame({"id": pd.concat(both).dropna().unique()})
        made.append((ids, "id", child, column))
    return made


def _as_text(values: pd.Series) -> pd.Series:
    whole = values.astype("Int64") if pd.api.types.is_numeric_dtype(values) else values
    return whole.astype("string")


def _read(file: Path, told: dict[str, Any]) -> pd.DataFrame:
    rows = pd.read_parquet(file)
    dates = [told["moment"], *told["later"]] if told.get("moment") else []
    for name in dates:
        rows[name] = pd.to_datetime(rows[name])
    return rows


def _plain(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype) or not pd.api.types.is_numeric_dtype(values):
        if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_bool_dtype(values):
            return values
        return values.astype("string")
    return values.astype("float64")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
