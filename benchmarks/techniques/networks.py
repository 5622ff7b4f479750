"""What the chapters of neural networks share: Keras, where it is installed, and small networks on the telco table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import CannotRunError
from meshlake.ml_assets.candidates.wide_and_deep_classifier import keras_on_jax

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.techniques.data import Data, Floats

EPOCHS, BATCH_ROWS = 12, 256


@dataclass(frozen=True)
class Table:
    """Numbers that networks learn from, and those they are judged by."""

    inside: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    outside: npt.NDArray[Any]
    hidden: npt.NDArray[Any]

    def fit(self, network: Any, epochs: int = EPOCHS, **options: Any) -> dict[str, list[float]]:
        """The losses of each round, on rows seen (`loss`) and unseen (`val_loss`)."""
        told = network.fit(
            self.inside,
            self.labels,
            validation_data=(self.outside, self.hidden),
            epochs=epochs,
            batch_size=BATCH_ROWS,
            verbose=0,
            **options,
        )
        return dict(told.history)

    def area(self, network: Any) -> float:
        """ROC AUC of the unseen rows."""
        return float(roc_auc_score(self.hidden, said(network, self.outside)))

    def loss(self, network: Any) -> float:
        """Log loss of the unseen rows."""
        return float(log_loss(self.hidden, said(network, self.outside)))


@cache
def keras() -> Any:
    """Keras, on JAX.

    Raises:
        CannotRunError: one of them is not installed.
    """
    if missing := [package for package in ("keras", "jax") if find_spec(package) is None]:
        raise CannotRunError(f"not installed: extra deep ({', '.join(missing)})")
    found = keras_on_jax()
    found.utils.set_random_seed(SEED)
    return found


@cache
def table(data: Data) -> Table:
    """The operator's customers."""
    inside, outside, labels, hidden = (np.asarray(each, dtype=np.float32) for each in data.flat.numbers())
    return Table(inside, labels, outside, hidden)


def said(network: Any, rows: Any) -> Floats:
    """The probabilities of a network of one output, shape (n,)."""
    return np.asarray(network.predict(rows, verbose=0), dtype=np.float64)[:, 0]


def dense(
    features: int, *, activation: str = "relu", optimizer: Any = "adam", dropout: float = 0.0, **layer: Any
) -> Any:
    """A compiled network of two hidden layers and one output; `layer` are options of its hidden layers."""
    k = keras()
    k.utils.set_random_seed(SEED)
    layers = [k.Input((features,))]
    for size in (64, 32):
        layers += [k.layers.Dense(size, **layer), k.layers.Activation(activation), k.layers.Dropout(dropout)]
    network = k.Sequential([*layers, k.layers.Dense(1, activation="sigmoid")])
    network.compile(optimizer, "binary_crossentropy")
    return network
