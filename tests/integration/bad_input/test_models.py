"""Models that cannot be: their product fails, what they read is built, and the reason is told."""

import pytest

MODEL = """task: churn
features: crm.features
key: customer_id
label: is_churned
policy: {candidates: [logistic_regression], folds: 3}
"""
FEATURES = """name: customer_id, logicalType: string, primaryKey: true
    name: usage, logicalType: number
    name: empty, logicalType: number
    name: constant, logicalType: string
    name: is_churned, logicalType: """
PREDICTIONS = """name: customer_id, logicalType: string, primaryKey: true
    name: churn_probability, logicalType: number
    name: is_predicted_churn, logicalType: boolean
    name: is_labelled, logicalType: boolean
    name: model_version, logicalType: string
    name: scored_at, logicalType: timestamp, logicalTypeOptions: {timezone: true}"""


def _model(mesh, *, label="number % 4 = 0", label_type="boolean", model=MODEL, count=120):
    """Features of `count` customers, two of them without any information, and a model on top."""
    mesh.land_parquet(
        "crm/features/a.parquet",
        f"""SELECT 'c' || number AS customer_id, sin(number) + number % 4 AS usage, NULL::DOUBLE AS empty,
        'x' AS constant, {label} AS is_churned FROM range({count}) AS numbers(number)""",
    )
    mesh.describe("crm.features", FEATURES + label_type)
    mesh.describe("crm.predictions", PREDICTIONS)
    return mesh.write("crm.predictions", "model.yaml", model)


def test_all_null_and_constant_features_are_left_out_and_told(built_mesh):
    _model(built_mesh)
    ran = built_mesh.run("build")
    assert ran.status == 0, ran.err
    assert "empty: has no value in any row" in ran.err
    assert "constant: has the same value in every row" in ran.err
    scored = built_mesh.rows("SELECT count(*), count(churn_probability) FROM crm.predictions")
    assert scored == [["120", "120"]]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"label": "true"}, "the label 'is_churned' is true in all 120 labelled rows"),
        ({"label": "NULL::BOOLEAN"}, "the label 'is_churned' is null in every row"),
        ({"label": "number % 4", "label_type": "integer"}, "must be true, false or null; it holds 0, 1, 2"),
        ({"label": "'yes'", "label_type": "string"}, "must be true, false or null; it holds 'yes'"),
        ({"count": 5}, "each needs at least 3, one per fold"),
        ({"count": 0}, "nothing to learn from"),
        ({"model": MODEL.replace("label: is_churned", "label: is_chrned")}, "Did you mean 'is_churned'?"),
        ({"model": MODEL.replace("key: customer_id", "key: customer")}, "no column 'customer'"),
    ],
)
def test_features_or_label_that_allow_no_model(built_mesh, changes, says):
    _model(built_mesh, **changes)
    built_mesh.fails("crm.predictions", says, "Change model.yaml or the features it reads.")


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (MODEL + "labell: x\n", "'labell' is not known. Did you mean 'label'?"),
        (MODEL.replace("folds", "fold"), "'policy.fold' is not known. Did you mean 'folds'?"),
        (MODEL.replace("label: is_churned\n", ""), "'label' is missing"),
        (MODEL.replace("task: churn", "task: chrun"), "task is 'chrun'"),
        (MODEL.replace("crm.features", "features"), "'features' is not a product name"),
        (MODEL.replace("crm.features", "crm.featurs"), "reads crm.featurs, which is no product"),
        (MODEL.replace("crm.features", "|\n  SELECT usge\n  FROM crm.features"), "line 3, column 10"),
        ("task: [churn\nkey: x\n", ":2: not YAML"),
        ("churn", "must hold task, features and key"),
    ],
)
def test_definition_that_is_wrong_is_told_by_its_file(built_mesh, model, says):
    path = _model(built_mesh, model=model)
    built_mesh.fails("crm.predictions", str(path), says)


def test_contract_that_promises_what_no_model_gives(built_mesh):
    _model(built_mesh)
    built_mesh.describe("crm.predictions", f"{PREDICTIONS}\n    name: churn_propability, logicalType: number")
    built_mesh.fails(
        "crm.predictions", "gives no column churn_propability", "Did you mean churn_probability?"
    )
