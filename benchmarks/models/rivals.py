"""One package that is held against ours: learns of rows and tells of others; run by an environment of its own.

`python rivals.py NAME FOLDER SECONDS` reads `learn.parquet` and `hidden.parquet` of FOLDER, and writes `said.parquet`
with the probabilities and the seconds that it took. LightGBM stops when a tenth of the rows gains no more, and is
fitted again with so many trees; CatBoost is as it comes; FLAML and AutoGluon have SECONDS by the clock. All have one
thread.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

_LABEL = "is_churned"
_SEED = 42


def lightgbm(X: pd.DataFrame, y: npt.NDArray[np.bool_], hidden: pd.DataFrame, _: float) -> Any:
    """See above."""
    from lightgbm import LGBMClassifier, early_stopping

    texts = X.select_dtypes(exclude="number").columns
    X, hidden = (rows.astype(dict.fromkeys(texts, "category")) for rows in (X, hidden))
    settings = {"learning_rate": 0.03, "num_leaves": 15, "colsample_bytree": 0.5, "reg_lambda": 1.0}
    settings |= {"n_jobs": 1, "verbose": -1, "random_state": _SEED}
    learned, kept, is_learned, is_kept = train_test_split(X, y, test_size=0.1, stratify=y, random_state=_SEED)
    first = LGBMClassifier(n_estimators=2000, **settings)
    first.fit(learned, is_learned, eval_set=[(kept, is_kept)], callbacks=[early_stopping(50, verbose=False)])
    return (
        LGBMClassifier(n_estimators=first.best_iteration_, **settings).fit(X, y).predict_proba(hidden)[:, 1]
    )


def catboost(X: pd.DataFrame, y: npt.NDArray[np.bool_], hidden: pd.DataFrame, _: float) -> Any:
    """See above."""
    from catboost import CatBoostClassifier

    texts = list(X.select_dtypes(exclude="number").columns)
    X, hidden = (
        rows.assign(**{name: rows[name].fillna("").astype(str) for name in texts}) for rows in (X, hidden)
    )
    model = CatBoostClassifier(
        cat_features=texts, random_seed=_SEED, thread_count=1, verbose=False, allow_writing_files=False
    )
    return model.fit(X, y).predict_proba(hidden)[:, 1]


def flaml(X: pd.DataFrame, y: npt.NDArray[np.bool_], hidden: pd.DataFrame, seconds: float) -> Any:
    """See above."""
    from flaml import AutoML

    model = AutoML()
    model.fit(
        X, y, task="classification", metric="log_loss", time_budget=seconds, n_jobs=1, seed=_SEED, verbose=0
    )
    return model.predict_proba(hidden)[:, 1]


def autogluon(X: pd.DataFrame, y: npt.NDArray[np.bool_], hidden: pd.DataFrame, seconds: float) -> Any:
    """See above; `best_quality` bags and stacks, and is what it advises where time is given."""
    from autogluon.tabular import TabularPredictor

    with TemporaryDirectory() as folder:
        predictor = TabularPredictor(_LABEL, eval_metric="log_loss", path=folder, verbosity=0)
        predictor.fit(
            X.assign(**{_LABEL: y}),
            time_limit=seconds,
            presets="best_quality",
            num_cpus=1,
            dynamic_stacking=False,
            ag_args_ensemble={"fold_fitting_strategy": "sequential_local"},
        )
        return predictor.predict_proba(hidden)[True].to_numpy()


RIVALS: dict[str, Callable[..., Any]] = {
    "LightGBM": lightgbm,
    "CatBoost": catboost,
    "FLAML": flaml,
    "AutoGluon": autogluon,
}


def main(name: str, folder: Path, seconds: float) -> None:
    """Fit and write."""
    learn, hidden = (_read(folder / f"{part}.parquet") for part in ("learn", "hidden"))
    is_churned = learn.pop(_LABEL).to_numpy(dtype=bool)
    wall, cpu = time.perf_counter(), time.process_time()
    said = RIVALS[name](learn, is_churned, hidden.drop(columns=_LABEL), seconds)
    pd.DataFrame(
        {
            "probability": np.asarray(said, dtype=np.float64),
            "seconds": time.perf_counter() - wall,
            "cpu_seconds": time.process_time() - cpu,
        }
    ).to_parquet(folder / "said.parquet")


def _read(file: Path) -> pd.DataFrame:
    rows = pd.read_parquet(file)
    booleans = rows.select_dtypes("bool").columns.drop(_LABEL)
    return rows.astype(dict.fromkeys(booleans, np.int64))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
