"""Chapter: fewer dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold

from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.drawing import png
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.segmentation.figures import shown_figures

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data


@row("Manifold hypothesis / drop borders", "ml_assets.preprocessing")
def _borders(_: Data) -> Shown:
    digits = load_digits(as_frame=True).data
    threshold = VarianceThreshold().fit(digits)
    wanted = sorted(digits.columns[~threshold.get_support()])
    dropped = sorted(plan_features(digits, digits.columns).dropped)
    return Shown(f"of the pixels of digits dropped: {', '.join(dropped)}", dropped == wanted and bool(wanted))


@row("SVD")
def _svd(data: Data) -> Shown:
    centred = data.points - data.points.mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    fitted = PCA(svd_solver="full").fit(data.points)
    apart = float(np.abs(np.abs(directions) - np.abs(fitted.components_)).max())
    shares = values**2 / (values**2).sum()
    told = ", ".join(f"{share:.1%}" for share in shares)
    return Shown(f"directions {apart:.1e} from those of PCA but for signs; variance {told}", apart < 1e-9)


@row("PCA", "ml_assets.segmentation.figures")
def _pca(data: Data) -> Shown:
    digits = load_digits().data
    fitted = PCA(0.95).fit(digits)
    kept = float(fitted.explained_variance_ratio_.sum())
    less = float(fitted.explained_variance_ratio_[:-1].sum())
    segmentation = data.segmentation
    size = len(
        png(shown_figures(segmentation.shown, dict(enumerate(segmentation.model.names)))["components"])
    )
    return Shown(
        f"digits: {fitted.n_components_} of {digits.shape[1]} directions have {kept:.1%} of the variance, one less "
        f"{less:.1%}; map of {len(segmentation.shown)} customers of {size} bytes",
        less < 0.95 <= kept and size > 0,
    )
