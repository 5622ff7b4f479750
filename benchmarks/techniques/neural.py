"""Chapter: neural networks."""

from __future__ import annotations

import io
import tempfile
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import recall_score
from sklearn.neural_network import MLPClassifier

from benchmarks.techniques.data import SEED
from benchmarks.techniques.networks import EPOCHS, dense, keras, said, table
from benchmarks.techniques.row import CannotRunError, Shown, row
from meshlake.ml_assets.drawing import png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.techniques.data import Data

_WIDE_AND_DEEP = "ml_assets.candidates.wide_and_deep"


@row(
    "Perceptron/neuron, activations (sigmoid, tanh, ReLU, softplus)",
    "ml_assets.candidates.multilayer_perceptron",
)
def _activations(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    losses = {}
    for activation in ("logistic", "tanh", "relu"):
        model = MLPClassifier((32,), activation=activation, early_stopping=True, random_state=SEED)
        losses[activation] = model.fit(inside, labels).score(outside, hidden)
    if find_spec("keras") is not None:
        network = dense(inside.shape[1], activation="softplus")
        table(data).fit(network)
        losses["softplus (Keras)"] = float(((said(network, outside) >= 0.5) == hidden).mean())
    told = ", ".join(f"{name} {share:.2%}" for name, share in losses.items())
    base = max(hidden.mean(), 1 - hidden.mean())
    return Shown(
        f"right: {told}; the commoner class {base:.2%}", len(losses) == 4 and min(losses.values()) > base
    )


@row("MLP regressor/classifier", "ml_assets.candidates.multilayer_perceptron")
def _perceptron(data: Data) -> Shown:
    found = data.flat.candidate("multilayer_perceptron")
    model = found.models[0].pipeline.named_steps["model"]
    fitted, amounts, spent, usual = data.spending_by("multilayer_perceptron")
    regressor = fitted.pipeline.named_steps["model"].regressor_
    error, mean = (
        float(((each - spent) ** 2).mean() ** 0.5) for each in (amounts, np.full(len(spent), usual))
    )
    return Shown(
        f"ROC AUC {found.out_of_fold['roc_auc']:.4f} of the flat telco table; stopped after {model.n_iter_} of "
        f"{model.max_iter} rounds; spending of 90 days, root mean squared error {error:.0f} pounds, the mean "
        f"{mean:.0f}, stopped after {regressor.n_iter_} of {regressor.max_iter}",
        found.out_of_fold["roc_auc"] >= 0.843
        and error < mean
        and all(each.n_iter_ < each.max_iter for each in (model, regressor)),
    )


@row("Keras Sequential, Flatten, Dense")
def _sequential(data: Data) -> Shown:
    k, rows = keras(), table(data)
    recalls = {}
    for name, weight in (("plain", None), ("class_weight", {0: 1.0, 1: 3.0})):
        k.utils.set_random_seed(SEED)
        network = k.Sequential(
            [
                k.Input((rows.inside.shape[1], 1)),
                k.layers.Flatten(),
                k.layers.Dense(32, activation="relu"),
                k.layers.Dense(1, activation="sigmoid"),
            ]
        )
        network.compile("adam", "binary_crossentropy")
        rows.fit(network, class_weight=weight)
        recalls[name] = float(recall_score(rows.hidden, said(network, rows.outside) >= 0.5))
    told = ", ".join(f"{name} {recall:.3f}" for name, recall in recalls.items())
    return Shown(f"recall of a binary head: {told}", recalls["class_weight"] > recalls["plain"])


@row("Normalization layer adapt")
def _normalization(data: Data) -> Shown:
    k, flat = keras(), data.flat
    is_out = flat.folds == 0
    amounts = flat.rows[["tenure_months", "monthly_charges"]].to_numpy(np.float32)
    layer = k.layers.Normalization()
    layer.adapt(amounts[~is_out])
    kept = np.asarray(layer.mean).ravel()
    seen, everything = amounts[~is_out].mean(axis=0), amounts.mean(axis=0)
    apart, other = float(np.abs(kept - seen).max()), float(np.abs(kept - everything).max())
    return Shown(
        f"means {apart:.1e} from those of the rows it was adapted on, {other:.3f} from all",
        apart < 1e-3 < other,
    )


@row("History / learning plot")
def _history(data: Data) -> Shown:
    rows = table(data)
    history = rows.fit(dense(rows.inside.shape[1]))

    def draw(axes: Axes) -> None:
        for name, losses in history.items():
            axes.plot(losses, label=name)
        axes.legend()

    size = len(png(draw))
    return Shown(
        f"loss {history['loss'][0]:.4f} to {history['loss'][-1]:.4f}, unseen "
        f"{history['val_loss'][-1]:.4f}; plot of {size} bytes",
        len(history["loss"]) == len(history["val_loss"]) == EPOCHS and size > 0,
    )


@row("Wide & Deep", _WIDE_AND_DEEP)
def _wide_and_deep(data: Data) -> Shown:
    keras()
    found = data.flat.candidate("wide_and_deep").out_of_fold
    return Shown(
        f"flat telco table: ROC AUC {found['roc_auc']:.4f}, log loss {found['log_loss']:.4f}; what the list asks is of "
        "Churn_Modelling, which is not in shared/data",
        False,
    )


@row("Multi-input")
def _inputs(data: Data) -> Shown:
    k, rows = keras(), table(data)
    size = len(data.flat.plan.numeric)
    behaviour, profile = k.Input((size,)), k.Input((rows.inside.shape[1] - size,))
    both = k.layers.Concatenate()([k.layers.Dense(16, activation="relu")(behaviour), profile])
    network = k.Model([behaviour, profile], k.layers.Dense(1, activation="sigmoid")(both))
    network.compile("adam", "binary_crossentropy")
    parts = [[each[:, :size], each[:, size:]] for each in (rows.inside, rows.outside)]
    network.fit(parts[0], rows.labels, epochs=EPOCHS, batch_size=256, verbose=0)
    area = _area(rows.hidden, said(network, parts[1]))
    return Shown(
        f"numbers of behaviour and words of profile: ROC AUC {area:.4f}",
        len(network.inputs) == 2 and area > 0.7,
    )


@row("Multi-output + aux loss")
def _outputs(data: Data) -> Shown:
    k = keras()
    inside, outside, spent, later = data.spending_numbers()
    given = k.Input((inside.shape[1],))
    shared = k.layers.Dense(32, activation="relu")(given)
    churn = k.layers.Dense(1, activation="sigmoid", name="churn")(shared)
    spend = k.layers.Dense(1, name="spend")(shared)
    network = k.Model(given, {"churn": churn, "spend": spend})
    losses = {"churn": "binary_crossentropy", "spend": "mse"}
    network.compile("adam", losses, loss_weights={"churn": 0.8, "spend": 0.2})
    network.fit(inside, {"churn": spent == 0, "spend": spent}, epochs=EPOCHS, batch_size=256, verbose=0)
    found = {name: np.asarray(each)[:, 0] for name, each in network.predict(outside, verbose=0).items()}
    area = _area(later == 0, found["churn"])
    error, mean = (float(((each - later) ** 2).mean()) for each in (found["spend"], spent.mean()))
    return Shown(
        f"one network, last cut-off: churn ROC AUC {area:.4f}, squared error of spending {error:.3f} (the "
        f"mean {mean:.3f})",
        area > 0.7 and error < mean,
    )


@row("Subclassed model")
def _subclassed(data: Data) -> Shown:
    k, rows = keras(), table(data)

    class Network(k.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.hidden, self.out = (
                k.layers.Dense(8, activation="relu"),
                k.layers.Dense(1, activation="sigmoid"),
            )

        def call(self, given: Any) -> Any:
            return self.out(self.hidden(given))

    network, told = Network(), io.StringIO()
    with redirect_stdout(told):
        network.summary()
    network.compile("adam", "binary_crossentropy")
    rows.fit(network, epochs=3)
    is_unbuilt = "unbuilt" in told.getvalue()
    has_graph = hasattr(network, "operations") and bool(getattr(network, "operations", None))
    return Shown(
        f"ROC AUC {rows.area(network):.4f}; its summary before it saw rows "
        f"{'says unbuilt' if is_unbuilt else 'has shapes'}, "
        f"{'and' if has_graph else 'and no'} graph of layers after",
        is_unbuilt and not has_graph,
    )


@row("Save/load")
def _save(data: Data) -> Shown:
    k, rows = keras(), table(data)
    network = dense(rows.inside.shape[1], dropout=0.2)
    rows.fit(network, epochs=3)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.keras"
        network.save(file)
        size, again = file.stat().st_size, k.models.load_model(file)
    apart = float(np.abs(said(again, rows.outside) - said(network, rows.outside)).max())
    return Shown(f".keras of {size:,} bytes; predictions {apart:.0e} apart after loading", apart == 0)


@row("Callbacks: checkpoint, early stop", _WIDE_AND_DEEP)
def _callbacks(data: Data) -> Shown:
    k, rows = keras(), table(data)
    network = dense(rows.inside.shape[1], optimizer=k.optimizers.Adam(0.01))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "best.weights.h5"
        keep = k.callbacks.ModelCheckpoint(file, save_best_only=True, save_weights_only=True)
        stop = k.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
        history = rows.fit(network, epochs=40, callbacks=[keep, stop])
        restored = rows.loss(network)
        network.load_weights(file)
    kept, best = rows.loss(network), min(history["val_loss"])
    ours = data.flat.candidate("wide_and_deep").models[0].pipeline.named_steps["model"]
    is_ours = ours.history_[ours.best_epoch_ - 1] == min(ours.history_)
    return Shown(
        f"best {best:.4f} of {len(history['val_loss'])} rounds; restored {restored:.4f}, from the "
        f"checkpoint {kept:.4f}; the "
        f"candidate kept round {ours.best_epoch_} of {len(ours.history_)}",
        abs(restored - best) < 1e-4
        and abs(kept - best) < 1e-4
        and is_ours
        and history["val_loss"][-1] > best,
    )


@row("TensorBoard / profiler")
def _tensor_board(data: Data) -> Shown:
    k, rows = keras(), table(data)
    if missing := [each for each in ("tensorflow", "tensorboard") if find_spec(each) is None]:
        raise CannotRunError(f"not installed: {', '.join(missing)}, which Keras writes its logs with")
    with tempfile.TemporaryDirectory() as folder:
        rows.fit(dense(rows.inside.shape[1]), epochs=2, callbacks=[k.callbacks.TensorBoard(folder)])
        files = [each for each in Path(folder).rglob("*") if each.is_file()]
    return Shown(f"{len(files)} files of logs", bool(files))


@row("Activations: Swish, Mish, leaky/parametric ReLU")
def _more_activations(data: Data) -> Shown:
    rows = table(data)
    keras()
    areas = {}
    for name in ("swish", "mish", "leaky_relu", "relu"):
        network = dense(rows.inside.shape[1], activation=name)
        rows.fit(network)
        areas[name] = rows.area(network)
    areas["parametric relu"] = _parametric(data)
    told = ", ".join(f"{name} {area:.4f}" for name, area in areas.items())
    return Shown(f"ROC AUC {told}", len(areas) == 5 and min(areas.values()) > 0.7)


def _parametric(data: Data) -> float:
    k, rows = keras(), table(data)
    layers = [
        k.Input((rows.inside.shape[1],)),
        k.layers.Dense(64),
        k.layers.PReLU(),
        k.layers.Dense(32),
        k.layers.PReLU(),
    ]
    network = k.Sequential([*layers, k.layers.Dense(1, activation="sigmoid")])
    network.compile("adam", "binary_crossentropy")
    rows.fit(network)
    return rows.area(network)


def _area(labels: Any, probability: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, probability))
