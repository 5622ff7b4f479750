"""Algorithms that tell several classes apart, and how they are found.

Most are candidates of churn models, which know of any number of classes by themselves; others make many models of two
classes of it. An algorithm is one line of `CLASSIFIERS`; other distributions add theirs by entry points of the group
`meshlake.classifiers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from meshlake.ml_assets.candidates.candidate import Candidate

# The cheapest first, as measured on 1,800 rows of five classes: a policy's minutes may not do for all.
CLASSIFIERS: Doorway[type[Candidate]] = Doorway(
    "meshlake.classifiers",
    "candidate of a classification",
    {
        "gaussian_naive_bayes": "meshlake.ml_assets.candidates.gaussian_naive_bayes:NaiveBayesCandidate",
        "decision_tree": "meshlake.ml_assets.candidates.decision_tree:DecisionTreeCandidate",
        "logistic_regression": "meshlake.ml_assets.candidates.logistic_regression:LogisticRegressionCandidate",
        "one_vs_rest": "meshlake.ml_assets.candidates.one_versus:OneVsRestCandidate",
        "one_vs_one": "meshlake.ml_assets.candidates.one_versus:OneVsOneCandidate",
        "nearest_neighbours": "meshlake.ml_assets.candidates.nearest_neighbours:NearestNeighboursCandidate",
        "random_forest": "meshlake.ml_assets.candidates.random_forest:RandomForestCandidate",
        "extra_trees": "meshlake.ml_assets.candidates.extra_trees:ExtraTreesCandidate",
        "multilayer_perceptron": "meshlake.ml_assets.candidates.multilayer_perceptron:PerceptronCandidate",
        "histogram_gradient_boosting": "meshlake.ml_assets.candidates.boosting:BoostingCandidate",
    },
)
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's models.
DEFAULT_CLASSIFIERS = (
    "logistic_regression",
    "one_vs_rest",
    "one_vs_one",
    "extra_trees",
    "histogram_gradient_boosting",
)
