"""Algorithms that learn several yes/no labels at once, and how they are found.

Each says by `Candidate.of_labels` how: most are fitted for each label by itself, and the nearest rows tell of all. An
algorithm is one line of `MULTILABEL`; other distributions add theirs by entry points of the group
`meshlake.multilabel`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from meshlake.ml_assets.candidates.candidate import Candidate

# The cheapest first, as those of churn models are.
MULTILABEL: Doorway[type[Candidate]] = Doorway(
    "meshlake.multilabel",
    "candidate of a multilabel model",
    {
        "gaussian_naive_bayes": "meshlake.ml_assets.candidates.gaussian_naive_bayes:NaiveBayesCandidate",
        "decision_tree": "meshlake.ml_assets.candidates.decision_tree:DecisionTreeCandidate",
        "logistic_regression": "meshlake.ml_assets.candidates.logistic_regression:LogisticRegressionCandidate",
        "nearest_neighbours": "meshlake.ml_assets.candidates.nearest_neighbours:NearestNeighboursCandidate",
        "random_forest": "meshlake.ml_assets.candidates.random_forest:RandomForestCandidate",
        "extra_trees": "meshlake.ml_assets.candidates.extra_trees:ExtraTreesCandidate",
        "multilayer_perceptron": "meshlake.ml_assets.candidates.multilayer_perceptron:PerceptronCandidate",
        "histogram_gradient_boosting": "meshlake.ml_assets.candidates.boosting:BoostingCandidate",
    },
)
# No algorithm: chains of the best of those that are fitted for each label by itself.
CHAIN = "classifier_chain"
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's models.
DEFAULT_MULTILABEL = (
    "logistic_regression",
    "nearest_neighbours",
    "extra_trees",
    "histogram_gradient_boosting",
    CHAIN,
)
