"""A Wide & Deep network as a step of a pipeline: Keras fits it, and its weights, arrays, are all that is kept.

Method: Cheng and others, Wide & Deep Learning for Recommender Systems (2016), with dropout (Srivastava and others
2014), batch normalisation (Ioffe and Szegedy 2015) and He's initialisation (2015). How unsure it is: by dropout that
stays on (Gal and Ghahramani, Dropout as a Bayesian Approximation, 2016).
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import train_test_split

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# As Keras has it, so that what is said is what was learned.
_EPSILON = 1e-3
_KEPT_ASIDE = 0.15
_OF_A_LAYER = 5


def keras_on_jax() -> Any:
    """Keras, which reads once, when it is imported, what it is to compute with."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    return keras


class WideAndDeep(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of two classes. The same rows and seed give the same weights.

    `weights_` are, of each hidden layer, its matrix and the gamma, beta, mean and variance of its batch normalisation,
    and last the matrix and intercept of the output, to which the features lead straight as well. `best_epoch_` is the
    round, from 1 on, that they are of: the one of least log loss on rows kept aside; `history_` has those losses.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (64, 32),
        dropout: float = 0.3,
        learning_rate: float = 0.003,
        epochs: int = 100,
        patience: int = 10,
        batch_size: int = 128,
        seed: int = 42,
    ) -> None:
        self.hidden = hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.patience = patience
        self.batch_size = batch_size
        self.seed = seed

    def fit(self, X: Floats, y: npt.NDArray[np.bool_]) -> Self:
        """Learn, and go back to the best round; needs Keras and JAX."""
        keras = keras_on_jax()
        keras.utils.set_random_seed(self.seed)
        numbers, labels = np.asarray(X, dtype=np.float32), np.asarray(y, dtype=np.float32)
        parts = train_test_split(
            numbers, labels, test_size=_KEPT_ASIDE, stratify=labels, random_state=self.seed
        )
        inside, aside, known, hidden = parts
        network = self.network(inside.shape[1])
        stop = keras.callbacks.EarlyStopping("val_loss", patience=self.patience, restore_best_weights=True)
        with warnings.catch_warnings():
            # Keras reads its own variables in a way that NumPy will not take for ever.
            warnings.simplefilter("ignore", DeprecationWarning)
            told = network.fit(
                inside,
                known,
                validation_data=(aside, hidden),
                epochs=self.epochs,
                batch_size=self.batch_size,
                callbacks=[stop],
                verbose=0,
            )
            self.weights_ = [np.asarray(each, dtype=np.float64) for each in network.get_weights()]
        self.history_ = [float(loss) for loss in told.history["val_loss"]]
        self.best_epoch_ = stop.best_epoch + 1
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = inside.shape[1]
        return self

    def network(self, features: int) -> Any:
        """The compiled network of Keras, not fitted."""
        keras = keras_on_jax()
        given = keras.Input((features,))
        deep = given
        for size in self.hidden:
            deep = keras.layers.Dense(size, use_bias=False, kernel_initializer="he_normal")(deep)
            deep = keras.layers.BatchNormalization(epsilon=_EPSILON, momentum=0.9)(deep)
            deep = keras.layers.Activation("relu")(deep)
            deep = keras.layers.Dropout(self.dropout)(deep)
        both = keras.layers.Concatenate()([given, deep])
        network = keras.Model(given, keras.layers.Dense(1, activation="sigmoid")(both))
        network.compile(keras.optimizers.AdamW(self.learning_rate), "binary_crossentropy")
        return network

    def predict_proba(self, X: Floats) -> Floats:
        """The probabilities of both classes, shape (n, 2); needs no Keras."""
        probability = self._probability(np.asarray(X, dtype=np.float64), None)
        return np.column_stack([1 - probability, probability])

    def predict_spread(self, X: Floats, passes: int = 50) -> Floats:
        """The standard deviation of the probability of the second class over `passes` with dropout on, shape (n,)."""
        random = np.random.default_rng(self.seed)
        numbers = np.asarray(X, dtype=np.float64)
        said = np.stack([self._probability(numbers, random) for _ in range(passes)])
        return np.asarray(said.std(axis=0, ddof=1), dtype=np.float64)

    def _probability(self, numbers: Floats, random: np.random.Generator | None) -> Floats:
        """With the neurons that `random` leaves, or all."""
        deep = numbers
        *layers, matrix, intercept = self.weights_
        for at in range(0, len(layers), _OF_A_LAYER):
            weights, gamma, beta, mean, variance = layers[at : at + _OF_A_LAYER]
            deep = (deep @ weights - mean) * gamma / np.sqrt(variance + _EPSILON) + beta
            deep = np.maximum(deep, 0)
            if random is not None:
                deep = deep * (random.random(deep.shape) >= self.dropout) / (1 - self.dropout)
        odds = np.concatenate([numbers, deep], axis=1) @ matrix + intercept
        return np.asarray(expit(odds[:, 0]), dtype=np.float64)
