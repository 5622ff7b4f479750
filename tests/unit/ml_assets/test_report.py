from __future__ import annotations

import json

import numpy as np
import pytest

from meshlake.ml_assets.churn_figures import churn_figures, importances_figure
from meshlake.ml_assets.drawing import png, svg
from meshlake.ml_assets.report import churn_report, segment_report
from meshlake.ml_assets.segmentation.figures import segment_figures, shown_figures

PNG = b"\x89PNG\r\n\x1a\n"
# Dagster keeps them in its history, once for every build of the product.
MOST_BYTES_EACH, MOST_BYTES_TOGETHER = 10_000, 60_000


def assert_small_pictures(figures) -> None:
    assert all(figure.startswith(PNG) for figure in figures.values())
    assert max(map(len, figures.values())) <= MOST_BYTES_EACH
    assert sum(map(len, figures.values())) <= MOST_BYTES_TOGETHER


def test_a_churn_report_is_json_and_agrees_with_itself(training):
    report = json.loads(json.dumps(churn_report(training), allow_nan=False))
    found = report["out_of_fold"]
    names = ("true_positive", "false_positive", "false_negative", "true_negative")
    assert sum(found[name] for name in names) == found["n"] == report["rows"]["labelled"] == 600
    assert found["flagged_share"] == pytest.approx(0.1, abs=0.02)
    assert report["policy"] == {"flag_share": 0.1, "threshold": training.model.threshold}
    assert report["test"] is None
    assert report["calibration"]["method"] == "none"
    assert sum(report["distributions"]["tickets"]["rows"]) == 600
    winner = report["candidates"][report["algorithm"]]
    assert winner["out_of_fold"]["roc_auc"] == pytest.approx(found["roc_auc"], abs=1e-4)


def test_each_candidate_tells_every_fold_with_mean_and_sd(training):
    for candidate in churn_report(training)["candidates"].values():
        losses = [fold["log_loss"] for fold in candidate["folds"]]
        assert len(losses) == 5
        assert candidate["fold_mean"]["log_loss"] == pytest.approx(np.mean(losses))
        assert candidate["fold_sd"]["log_loss"] == pytest.approx(np.std(losses, ddof=1))


@pytest.mark.slow
def test_churn_figures_are_pictures_and_the_same_each_time(training):
    figures = churn_figures(training.honest, training.model.threshold)
    assert set(figures) > {"roc", "precision_recall", "calibration", "confusion_matrix", "gain", "lift"}
    assert_small_pictures({name: png(draw) for name, draw in figures.items()})
    assert svg(figures["roc"]) == svg(figures["roc"])


def test_a_dollar_in_a_name_is_no_formula():
    assert b"$^{usd}$" in svg(importances_figure({"$^{usd}$": 0.1}, "<What> moves", "change"))


def test_what_churn_depends_on_is_what_moves_predictions_most(training):
    importances = churn_report(training)["importances"]
    assert list(importances) == ["tickets", "plan", "has_contract", "minutes"]
    assert importances["plan"] > 5 * importances["has_contract"]


def test_what_a_model_knows_by_a_feature_is_lost_when_its_values_are_dealt_out(training):
    falls = churn_report(training)["permutation_importances"]
    assert list(falls)[:2] == ["tickets", "plan"]
    assert falls["tickets"] > falls["plan"] > 0.03
    assert falls["has_contract"] == pytest.approx(0, abs=0.02)


def test_a_segment_report_is_json_with_the_curve_and_the_segments(segmentation):
    report = json.loads(json.dumps(segment_report(segmentation), allow_nan=False))
    assert report["k"] == 3
    (chosen,) = [count for count in report["curve"] if count["is_chosen"]]
    assert (chosen["k"], chosen["algorithm"]) == (3, report["algorithm"])
    assert np.shape(report["centres"]) == (3, 3)
    assert sum(report["explained_variance"]) == pytest.approx(1)
    assert [segment["customers"] for segment in report["segments"]] == [120, 90, 60]
    assert {segment["segment_name"] for segment in report["segments"]} == set(segmentation.model.names)


@pytest.mark.slow
def test_segment_figures_are_pictures(segmentation):
    figures = {name: png(draw) for name, draw in segment_figures(segment_report(segmentation)).items()}
    assert set(figures) == {"silhouette", "stability", "elbow", "bic", "sizes", "profile"}
    assert_small_pictures(figures)
    shown = shown_figures(segmentation.shown, dict(enumerate(segmentation.model.names)))
    assert set(shown) == {"knives", "components"}
    assert all(svg(draw).startswith(b"<?xml") for draw in shown.values())


def test_the_rows_shown_of_segments_are_near_their_own(segmentation):
    shown, chosen = segmentation.shown, segmentation.chosen
    assert shown.groupby("segment").size().tolist() == [120, 90, 60]
    assert shown["silhouette"].mean() == pytest.approx(chosen.silhouette)
    middles = shown.groupby("segment")[["component_1", "component_2"]].mean()
    assert shown["component_1"].std() > shown["component_2"].std()
    assert middles["component_1"].std() > 3 * shown.groupby("segment")["component_1"].std().max()


def test_a_mixture_finds_as_many_kinds_as_there_are(segmentation):
    mixtures = [count for count in segmentation.curve if count.bic is not None]
    assert min(mixtures, key=lambda count: count.bic).k == 3
