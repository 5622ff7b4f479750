"""Chapter: densities, and what is far from all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom, norm
from sklearn.covariance import EllipticEnvelope
from sklearn.mixture import GaussianMixture

from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.drawing import png
from meshlake.ml_assets.report import segment_report
from meshlake.ml_assets.segmentation.figures import segment_figures

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data

_FLAGGED = 0.02


@row("Gaussian mixture / EM")
def _mixture(data: Data) -> Shown:
    fitted = GaussianMixture(3, n_init=3, random_state=SEED).fit(data.points)
    shares = fitted.predict_proba(data.points)
    sums = float(np.abs(shares.sum(axis=1) - 1).max())
    unsure = float((shares.max(axis=1) < 0.9).mean())
    return Shown(
        f"memberships in 3 sum to 1 within {sums:.1e}; {unsure:.1%} of customers are surely in none",
        sums < 1e-9 and fitted.converged_,
    )


@row("GMM anomaly detection")
def _anomalies(data: Data) -> Shown:
    densities = GaussianMixture(3, n_init=3, random_state=SEED).fit(data.points).score_samples(data.points)
    flagged = densities < np.quantile(densities, _FLAGGED)
    medians = data.rfm.drop(columns="customer_id").groupby(flagged).median().round(0)
    told = "; ".join(
        f"{name} {medians[name].iloc[1]:g} against {medians[name].iloc[0]:g}" for name in medians
    )
    return Shown(
        f"{flagged.sum()} of {len(flagged)} flagged; medians of these against the others: {told}",
        abs(flagged.mean() - _FLAGGED) <= 1 / len(flagged),
    )


@row("BIC / AIC", "ml_assets.segmentation.choice")
def _criteria(data: Data) -> Shown:
    curve = data.segmentation.curve
    bic = {each.k: each.bic for each in curve if each.bic is not None}
    aic = {each.k: each.aic for each in curve if each.aic is not None}
    counts = list(bic)
    least = {name: min(each, key=lambda k: each[k]) for name, each in (("BIC", bic), ("AIC", aic))}
    warned = [f"{name} has no minimum up to {counts[-1]}" for name, k in least.items() if k == counts[-1]]
    size = len(png(segment_figures(segment_report(data.segmentation))["bic"]))
    told = ", ".join(f"{k}: {value:,.0f}" for k, value in bic.items())
    return Shown(
        f"BIC by k {told}; least by {', '.join(f'{n} at {k}' for n, k in least.items())}"
        f"{'; warning: ' + ', '.join(warned) if warned else ''}; plot of {size} bytes",
        size > 0
        and all((k == counts[-1]) == any(name in each for each in warned) for name, k in least.items()),
    )


@row("Likelihood / MLE")
def _likelihood(data: Data) -> Shown:
    heads, tosses = 7, 10
    chances = np.linspace(0.001, 0.999, 999)
    coin = float(chances[binom.logpmf(heads, tosses, chances).argmax()])
    amounts = np.log(data.rfm["monetary"].to_numpy(dtype=float))
    middle, width = norm.fit(amounts)
    best = norm.logpdf(amounts, middle, width).sum()
    beside = max(
        norm.logpdf(amounts, middle + a, width * b).sum()
        for a, b in ((0.01, 1), (-0.01, 1), (0, 1.01), (0, 0.99))
    )
    apart = abs(middle - amounts.mean()) + abs(width - amounts.std())
    return Shown(
        f"{heads} heads of {tosses}: likeliest coin {coin:.3f}; log pounds: mean {middle:.3f}, sd "
        f"{width:.3f}, {apart:.1e} from "
        f"the sample's, log likelihood {best:,.1f}, beside it at most {beside:,.1f}",
        abs(coin - heads / tosses) < 1e-9 and apart < 1e-9 and best > beside,
    )


@row("Fast-MCD outliers")
def _robust(data: Data) -> Shown:
    is_far = EllipticEnvelope(contamination=_FLAGGED, random_state=SEED).fit_predict(data.points) == -1
    kept = data.points[~is_far]
    spread, left = (float(np.linalg.det(np.cov(each.T))) for each in (data.points, kept))
    return Shown(
        f"{is_far.sum()} of {len(is_far)} set aside before clustering; the rest fills {left / spread:.2f} "
        "of the volume",
        abs(is_far.mean() - _FLAGGED) < 0.005 and left < spread,
    )
