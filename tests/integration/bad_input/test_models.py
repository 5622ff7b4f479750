"""Models that cannot be: their product fails, what they read is built, and the reason is told."""

import pytest

from .conftest import KEY

MODEL = """task: churn
features: crm.features
key: customer_id
label: is_churned
policy: {candidates: [logistic_regression], folds: 3}
"""
FEATURES = {
    "customer_id": KEY,
    "usage": "number",
    "empty": "number",
    "constant": "string",
    "is_churned": "boolean",
    "is_always": "boolean",
    "is_unknown": "boolean",
    "churned_text": "string",
    "churned_number": "integer",
}
PREDICTIONS = {
    "customer_id": KEY,
    "churn_probability": "number",
    "is_predicted_churn": "boolean",
    "is_labelled": "boolean",
    "model_version": "string",
    "scored_at": {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
}
NOT_PROMOTED = ("ten", "noise")
MEND = "Nothing was published, and what was before stays."
CHANGE = "Change model.yaml or the features it reads."


def _labelled(label):
    return MODEL.replace("label: is_churned", f"label: {label}")


def _reading(sql):
    return MODEL.replace("crm.features", f"|\n  {sql}")


# Each is the model of a product of its own, and all are built at once.
NO_MODEL = {
    "one_class": (_labelled("is_always"), "the label 'is_always' is true in all 120 labelled rows"),
    "no_label": (_labelled("is_unknown"), "the label 'is_unknown' is null in every row"),
    "text": (_labelled("churned_text"), "must be true, false or null; it holds 'yes'"),
    "number": (_labelled("churned_number"), "must be true, false or null; it holds 0, 1, 2"),
    "label_not_there": (_labelled("is_chrned"), "Did you mean 'is_churned'?"),
    "key_not_there": (MODEL.replace("customer_id", "customer"), "no column 'customer'"),
    "few": (_reading("SELECT * FROM crm.features ORDER BY customer_id LIMIT 5"), "each needs at least 3"),
    "ten": (
        _reading("SELECT * FROM crm.features ORDER BY is_churned DESC, customer_id LIMIT 33"),
        "is not promoted: too few rows tell how good it is: 30 churned and 3 stayed",
    ),
    "noise": (
        _reading("SELECT customer_id, hash(customer_id) % 97 AS noise, is_churned FROM crm.features"),
        "is not promoted: no better than the base rate of 25.0%: ROC AUC 0.",
    ),
    "no_rows": (_reading("SELECT * FROM crm.features WHERE false"), "nothing to learn from"),
    "no_features": (
        _reading("SELECT customer_id, is_churned, empty, constant FROM crm.features"),
        "no feature column is left to learn from (empty: has no value in any row; constant: has",
    ),
}
WRONG = {
    "unknown_key": (MODEL + "labell: x\n", "'labell' is not known. Did you mean 'label'?"),
    "unknown_policy": (MODEL.replace("folds", "fold"), "'policy.fold' is not known. Did you mean 'folds'?"),
    "label_missing": (MODEL.replace("label: is_churned\n", ""), "'label' is missing"),
    "unknown_task": (MODEL.replace("task: churn", "task: chrun"), "task is 'chrun'"),
    "bare_features": (MODEL.replace("crm.features", "features"), "'features' is not a product name"),
    "unknown_features": (
        MODEL.replace("crm.features", "crm.featurs"),
        "reads crm.featurs, which is no product",
    ),
    "sql_typo": (_reading("SELECT usge\n  FROM crm.features"), "line 3, column 10"),
    "not_yaml": ("task: [churn\nkey: x\n", "not YAML"),
    "text_alone": ("churn", "must hold task, features and key"),
}


@pytest.fixture(scope="module")
def with_features(shared_mesh):
    """Features of 120 customers, two of them without any information, and labels of all kinds."""
    shared_mesh.land_rows(
        "crm/features/a.parquet",
        """SELECT 'c' || number AS customer_id, sin(number) + number % 3 + 1.2 * (number % 4 = 0)::INT AS usage,
        NULL::DOUBLE AS empty,
        'x' AS constant, number % 4 = 0 AS is_churned, true AS is_always, NULL::BOOLEAN AS is_unknown,
        'yes' AS churned_text, number % 4 AS churned_number FROM range(120) AS numbers(number)""",
    )
    shared_mesh.product("crm.features", FEATURES)
    return shared_mesh


@pytest.fixture(scope="module")
def told(with_features):
    """One build of all of them."""
    for product, (model, _) in (NO_MODEL | WRONG).items():
        with_features.product(f"models.{product}", PREDICTIONS, {"model.yaml": model})
    model = _reading("SELECT customer_id, usage, empty, constant, is_churned FROM crm.features")
    misspelt = {**PREDICTIONS, "churn_propability": "number"}
    with_features.product("models.promises", misspelt, {"model.yaml": model})
    with_features.product("models.works", PREDICTIONS, {"model.yaml": model})
    return with_features.failing_build()


@pytest.mark.parametrize("product", NO_MODEL)
def test_features_or_label_that_allow_no_model(told, product):
    told.tells(f"models.{product}", NO_MODEL[product][1], MEND if product in NOT_PROMOTED else CHANGE)


@pytest.mark.parametrize("product", WRONG)
def test_definition_that_is_wrong_is_told_by_its_file(told, product):
    told.tells(f"models.{product}", f"models/{product}/model.yaml", WRONG[product][1])


def test_contract_that_promises_what_no_model_gives(told):
    told.tells("models.promises", "gives no column churn_propability", "Did you mean churn_probability?")


def test_all_null_and_constant_features_are_left_out_and_told(told, with_features):
    assert (
        "not learned from: empty: has no value in any row; constant: has the same value in every row"
        in told.err
    )
    scored = with_features.cells("SELECT count(*), count(churn_probability) FROM models.works")
    assert scored == [["120", "120"]]
