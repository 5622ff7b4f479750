"""Chapter: training deep networks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.techniques.data import SEED
from benchmarks.techniques.networks import Table, dense, keras, said, table
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.drawing import png

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from benchmarks.techniques.data import Data

_WIDE_AND_DEEP = "ml_assets.candidates.wide_and_deep_classifier"
_FEW = 500


@row("He initialisation", _WIDE_AND_DEEP)
def _he(data: Data) -> Shown:
    rows = table(data)
    size = rows.inside.shape[1]
    network = dense(size, kernel_initializer="he_normal")
    spread = float(np.std(network.get_weights()[0]))
    rows.fit(network)
    activation = network.layers[1].activation.__name__
    wanted = (2 / size) ** 0.5
    return Shown(
        f"he_normal with {activation}: first weights of sd {spread:.3f} (sqrt(2 / {size}) = {wanted:.3f}); ROC AUC "
        f"{rows.area(network):.4f}",
        activation == "relu" and abs(spread / wanted - 1) < 0.1,
    )


@row("Batch norm (gamma, beta, mu, sigma; momentum; axis; fusing)", _WIDE_AND_DEEP)
def _batch_norm(data: Data) -> Shown:
    k, rows = keras(), table(data)
    model = data.flat.candidate("wide_and_deep").models[0].pipeline.named_steps["model"]
    features = model.n_features_in_
    network = model.network(features)
    network.set_weights(model.weights_)
    frozen = sum(
        int(np.prod(each.shape)) for each in network.non_trainable_variables if "seed" not in each.path
    )
    numbers = rows.outside[:, :features]
    # Fused: what the candidate says by numpy, its normalisations one multiplication and one addition each.
    apart = float(np.abs(model.predict_proba(numbers)[:, 1] - said(network, numbers)).max())
    return Shown(
        f"{frozen} values that are not trained, mu and sigma of {sum(model.hidden)} neurons; by hand and "
        f"by Keras {apart:.0e} "
        f"apart (Keras {k.__version__})",
        frozen == 2 * sum(model.hidden) and apart < 1e-5,
    )


@row("Gradient clipping")
def _clipping(data: Data) -> Shown:
    k, rows = keras(), table(data)
    losses = {}
    for name, clip in (
        ("no clipping", {}),
        ("clipnorm", {"clipnorm": 1.0}),
        ("clipvalue", {"clipvalue": 0.5}),
    ):
        network = dense(rows.inside.shape[1], optimizer=k.optimizers.SGD(0.1, momentum=0.9, **clip))
        losses[name] = rows.fit(network, epochs=8)["val_loss"][-1]
    told = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    return Shown(
        f"loss at 10 times the learning rate of .01: {told}",
        all(np.isfinite(loss) for name, loss in losses.items() if name != "no clipping"),
    )


@row("Transfer learning / freezing")
def _transfer(data: Data) -> Shown:
    k, rows = keras(), table(data)
    women = data.flat.rows["gender"].to_numpy() == "Female"
    is_out = data.flat.folds == data.flat.spec.folds - 1
    inside, outside = women[~is_out], women[is_out]
    few = np.flatnonzero(inside)[:_FEW]
    task = Table(rows.inside[few], rows.labels[few], rows.outside[outside], rows.hidden[outside])
    source = dense(rows.inside.shape[1])
    Table(rows.inside[~inside], rows.labels[~inside], task.outside, task.hidden).fit(source)
    warm = dense(rows.inside.shape[1])
    warm.set_weights(source.get_weights())
    for layer in warm.layers[:-1]:
        layer.trainable = False
    warm.compile(k.optimizers.Adam(), "binary_crossentropy")
    cold = dense(rows.inside.shape[1])
    losses = {}
    for name, network in (("warm", warm), ("cold", cold)):
        task.fit(network, epochs=10)
        losses[name] = task.loss(network)
    taken = "taken" if losses["warm"] < losses["cold"] else "rejected"
    return Shown(
        f"from men to {_FEW} women of the telco, as no bank's table is in shared/data: log loss warm "
        f"{losses['warm']:.4f}, cold "
        f"{losses['cold']:.4f}: {taken}; the list asks for telco to bank",
        False,
    )


@row("Unsupervised pretraining: autoencoder, GAN, RBM, greedy")
def _pretraining(data: Data) -> Shown:
    k, rows = keras(), table(data)
    k.utils.set_random_seed(SEED)
    given = k.Input((rows.inside.shape[1],))
    code = k.layers.Dense(8, activation="tanh")(given)
    network = k.Model(given, k.layers.Dense(rows.inside.shape[1])(code))
    network.compile("adam", "mse")
    told = network.fit(rows.inside, rows.inside, epochs=15, batch_size=256, verbose=0).history["loss"]
    encoder = k.Model(given, code)
    codes = [np.asarray(encoder.predict(each, verbose=0)) for each in (rows.inside, rows.outside)]
    few = slice(0, _FEW)
    wide = Table(rows.inside[few], rows.labels[few], rows.outside, rows.hidden)
    narrow = Table(codes[0][few], rows.labels[few], codes[1], rows.hidden)
    losses = {}
    for name, of in (("as they are", wide), ("as codes", narrow)):
        model = dense(of.inside.shape[1])
        of.fit(model, epochs=20)
        losses[name] = of.loss(model)
    shares = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    return Shown(
        f"8 codes of {rows.inside.shape[1]} columns, error {told[0]:.3f} to {told[-1]:.3f}; log loss of "
        f"{_FEW} labels {shares}",
        told[-1] < told[0] and all(np.isfinite(loss) for loss in losses.values()),
    )


@row("Momentum, Nesterov, Adagrad, RMSProp, Adam, Nadam, AdamW")
def _optimizers(data: Data) -> Shown:
    o = keras().optimizers
    return _race(
        data,
        {
            "momentum": o.SGD(0.01, momentum=0.9),
            "Nesterov": o.SGD(0.01, momentum=0.9, nesterov=True),
            "Adagrad": o.Adagrad(0.01),
            "RMSProp": o.RMSprop(0.001),
            "Adam": o.Adam(0.001),
            "Nadam": o.Nadam(0.001),
            "AdamW": o.AdamW(0.001),
        },
    )


@row("Schedules: power, exponential, ReduceLROnPlateau")
def _schedules(data: Data) -> Shown:
    k = keras()
    s = k.optimizers.schedules
    return _race(
        data,
        {
            "constant": k.optimizers.SGD(0.05),
            "power": k.optimizers.SGD(s.InverseTimeDecay(0.05, 100, 1.0)),
            "exponential": k.optimizers.SGD(s.ExponentialDecay(0.05, 100, 0.8)),
            "plateau": k.optimizers.SGD(0.05),
        },
        {"plateau": [k.callbacks.ReduceLROnPlateau(patience=2)]},
    )


@row("l1_l2 / functools.partial")
def _regularised(data: Data) -> Shown:
    k, rows = keras(), table(data)
    factory = partial(
        dense, kernel_regularizer=k.regularizers.L1L2(1e-3, 1e-3), kernel_initializer="he_normal"
    )
    norms = {}
    for name, make in (("plain", dense), ("l1_l2", factory)):
        network = make(rows.inside.shape[1])
        rows.fit(network)
        norms[name] = float(np.linalg.norm(network.get_weights()[0]))
    told = ", ".join(f"{name} {norm:.2f}" for name, norm in norms.items())
    return Shown(
        f"length of the first weights: {told}, of layers that one factory makes",
        norms["l1_l2"] < norms["plain"],
    )


@row("Dropout", _WIDE_AND_DEEP)
def _dropout(data: Data) -> Shown:
    rows = table(data)
    gaps = {}
    for share in (0.0, 0.4):
        network = dense(rows.inside.shape[1], dropout=share)
        rows.fit(network, epochs=40)
        gaps[share] = rows.loss(network) - float(log_loss(rows.labels, said(network, rows.inside)))
    told = ", ".join(f"{share:g} {gap:+.4f}" for share, gap in gaps.items())
    return Shown(
        f"log loss of unseen rows less that of seen ones by share dropped: {told}", gaps[0.4] < gaps[0.0]
    )


@row("MC dropout", _WIDE_AND_DEEP)
def _monte_carlo(data: Data) -> Shown:
    keras()
    flat = data.flat
    pipeline = flat.candidate("wide_and_deep").models[0].pipeline
    unseen = flat.rows[flat.folds == 0]
    numbers = np.asarray(pipeline[:-1].transform(unseen))
    spread = pipeline.named_steps["model"].predict_spread(numbers)
    probability = pipeline.predict_proba(unseen)[:, 1]
    wrong = (probability >= 0.5) != flat.is_churned[flat.folds == 0]
    order = float(roc_auc_score(wrong, spread))
    return Shown(
        f"sd of {len(spread)} unseen customers, {spread.min():.3f} to {spread.max():.3f}, mean "
        f"{spread.mean():.3f}; it orders "
        f"the wrong before the right with ROC AUC {order:.3f}",
        bool((spread > 0).all()) and order > 0.5,
    )


@row("Max-norm / sparse")
def _max_norm(data: Data) -> Shown:
    k, rows = keras(), table(data)
    network = dense(rows.inside.shape[1], kernel_constraint=k.constraints.MaxNorm(1.0))
    rows.fit(network)
    longest = max(float(np.linalg.norm(network.get_weights()[at], axis=0).max()) for at in (0, 2))
    return Shown(f"r 1: the longest weights of a neuron {longest:.4f}", longest <= 1 + 1e-5)


@row("Custom models / papers")
def _custom(data: Data) -> Shown:
    k, rows = keras(), table(data)
    benefit, cost = 4.0, 1.0

    def lost_profit(labels: Any, probability: Any) -> Any:
        return -k.ops.mean(probability * (labels * benefit - cost))

    profits = {}
    for name, loss in (("cross-entropy", "binary_crossentropy"), ("profit", lost_profit)):
        network = dense(rows.inside.shape[1])
        network.compile("adam", loss)
        rows.fit(network)
        flagged = said(network, rows.outside) >= 0.5
        profits[name] = float((rows.hidden[flagged] * benefit - cost).sum())
    told = ", ".join(f"{name} {profit:,.0f}" for name, profit in profits.items())
    everyone = float((rows.hidden * benefit - cost).sum())
    return Shown(
        f"profit of those flagged from .5 on, learned by {told}; of everyone {everyone:,.0f}",
        profits["profit"] > max(everyone, profits["cross-entropy"]),
    )


def _race(
    data: Data, optimizers: Mapping[str, Any], callbacks: Mapping[str, list[Any]] | None = None
) -> Shown:
    """The unseen losses of each, drawn."""
    rows = table(data)
    losses = {}
    for name, optimizer in optimizers.items():
        network = dense(rows.inside.shape[1], optimizer=optimizer)
        losses[name] = rows.fit(network, callbacks=(callbacks or {}).get(name, []))["val_loss"]

    def draw(axes: Axes) -> None:
        for name, each in losses.items():
            axes.plot(each, label=name)
        axes.legend()

    size = len(png(draw))
    told = ", ".join(f"{name} {each[0]:.4f} to {each[-1]:.4f}" for name, each in losses.items())
    return Shown(
        f"unseen loss {told}; plot of {size} bytes",
        size > 0 and all(np.isfinite(each).all() for each in losses.values()),
    )
