"""Drafted models: label, key and what is left out, and the refusal of what no model can be made of."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from meshlake.drafting.adopt import adopt, adopt_named
from meshlake.drafting.churn_draft import draft_churn
from meshlake.drafting.classification_draft import draft_classification
from meshlake.drafting.multilabel_draft import draft_multilabel
from meshlake.drafting.regression_draft import draft_regression
from meshlake.drafting.segments_draft import draft_segments
from meshlake.errors import UsageError
from meshlake.landing.zone import files_zone
from meshlake.ml_assets.classification.spec import ClassificationSpec
from meshlake.ml_assets.multilabel.spec import MultilabelSpec
from meshlake.ml_assets.regression.spec import RegressionSpec
from meshlake.ml_assets.segmentation.spec import Scale, SegmentSpec
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.names import DatasetName, ProductName
from meshlake.products.load import load_product, load_products
from meshlake.sources.files import FoundFiles
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

SOURCE, CHURN, SEGMENTS = (ProductName("crm", name) for name in ("people", "people_churn", "people_segments"))
HEADER = "customer_id,email,account_no,tenure,spend,spend_twice,latitude,status,flag,left_on_paper,score,Churn,state"


def people(count: int = 200) -> str:
    numbers = random.Random(7)  # noqa: S311 - the same rows each time
    rows = [HEADER]
    for n in range(count):
        is_left = n % 4 == 0
        spend = round(numbers.lognormvariate(3, 1.5), 2)
        rows.append(
            f"C{n},u{n}@example.com,{n + 5000},{numbers.randint(0, 72)},{spend},{2 * spend},"
            f"{n // 10 + 40},"
            f"{'gone' if is_left else 'here'},{n % 2},{n % 3},{90 + n % 9 if is_left else n % 80},"
            f"{'Yes' if is_left else 'No'},{('Left', 'Stays', 'New')[n % 3]}"
        )
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def adopted_once(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """Only to be copied."""
    mesh = SmallMesh(tmp_path_factory.mktemp("adopted"))
    mesh.land_files("crm.people", {"a.csv": people()})
    files = FoundFiles(DatasetName("crm", "people"), files_zone(mesh.settings))
    adopt(mesh.settings, files, SOURCE, "ana@example.com")
    return mesh


@pytest.fixture
def adopted(adopted_once, mesh) -> None:
    shutil.copytree(adopted_once.root, mesh.root, dirs_exist_ok=True)


def model_of(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "model.yaml").read_text(encoding="utf-8"))


def test_a_churn_product_is_one_that_loads(settings, adopted) -> None:
    drafted = draft_churn(settings, SOURCE, CHURN, "Churn", owner="ana@example.com")
    model = model_of(drafted.folder)
    assert (model["features"], model["key"], model["label"]) == ("crm.people", "customer_id", "churn")
    assert ChurnSpec.from_mapping(model).flag_share == 0.1
    product = load_product(drafted.folder)
    assert (product.upstream, product.contract.primary_key) == ((SOURCE,), ("customer_id",))
    assert [c.name for c in product.contract.columns] == [
        *("customer_id", "churn_probability", "is_predicted_churn", "is_labelled"),
        *("reason_1", "reason_2", "reason_3", "model_version", "scored_at"),
    ]
    assert CHURN in load_products(settings.products).products


def test_what_would_give_the_label_away_is_left_out_with_the_reason(settings, adopted) -> None:
    exclude = model_of(draft_churn(settings, SOURCE, CHURN, "churn").folder)["exclude"]
    assert set(exclude) == {"email", "account_no", "status", "score"}
    assert exclude["email"] == "personal data"
    assert "ROC AUC 1.000" in exclude["status"]
    assert "single rows" in exclude["account_no"]


def test_a_label_of_numbers_or_words_is_made_a_boolean(settings, adopted) -> None:
    for label, churned, expression in (
        ("flag", None, '"flag" = 1 AS "flag"'),
        ("state", "Left", '"state" = \'Left\' AS "state"'),
    ):
        name = ProductName("crm", f"{label}_churn")
        drafted = draft_churn(settings, SOURCE, name, label, churned=churned)
        assert expression in model_of(drafted.folder)["features"]
        assert load_product(drafted.folder).upstream == (SOURCE,)


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"label": "chrun"}, "has no column 'chrun'", "Did you mean churn?"),
        ({"label": "state"}, "has 3 values", "--churned"),
        ({"label": "tenure"}, "values", "A label is yes or no"),
        ({"label": "churn", "key": "tenure"}, "is the same in several", "--key"),
        ({"label": "churn", "key": "custommer_id"}, "has no column", "customer_id"),
        ({"label": "customer_id"}, "is the key", "--label"),
        ({"label": "state", "churned": "Gone"}, "is never 'Gone'", "'Left'"),
    ],
)
def test_what_no_churn_model_can_be_made_of(settings, adopted, options, message, hint) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        draft_churn(settings, SOURCE, CHURN, **options)
    assert hint in str(caught.value.hint)
    assert not (settings.products / "crm/people_churn").exists()


def test_classes_are_drafted_of_a_column_of_few_values(settings, adopted) -> None:
    name = ProductName("crm", "people_classification")
    drafted = draft_classification(settings, SOURCE, name, "State", owner="ana@example.com")
    model = model_of(drafted.folder)
    assert (model["task"], model["label"], model["policy"]["min_class_rows"]) == (
        "classification",
        "state",
        10,
    )
    assert ClassificationSpec.from_mapping(model).algorithms[0] == "logistic_regression"
    assert "of 'Left'" in model["exclude"]["left_on_paper"]
    assert "label: state, of 200 rows: 'Left' 67, 'Stays' 67, 'New' 66" in drafted.notes
    product = load_product(drafted.folder)
    assert (product.upstream, product.contract.primary_key) == ((SOURCE,), ("customer_id",))
    assert [c.name for c in product.contract.columns] == [
        *("customer_id", "predicted_class", "predicted_probability", "second_class", "second_probability"),
        *(
            "other_probability",
            "is_labelled",
            "reason_1",
            "reason_2",
            "reason_3",
            "model_version",
            "scored_at",
        ),
    ]
    assert "probabilities_sum_to_one" in (drafted.folder / "contract.odcs.yaml").read_text(encoding="utf-8")


def test_several_labels_are_drafted_together_as_yes_and_no(settings, adopted) -> None:
    name = ProductName("crm", "people_together")
    drafted = draft_multilabel(settings, SOURCE, name, ["Churn", "flag"], owner="ana@example.com")
    model = model_of(drafted.folder)
    assert (model["task"], model["labels"]) == ("multilabel", ["churn", "flag"])
    assert "flag = 1 AS flag" in model["features"] or "flag" not in model["features"].split("AS")
    assert MultilabelSpec.from_mapping(model).wanted == (True, True)
    assert {"status", "score"} <= set(model["exclude"])
    assert drafted.notes[0] == "label: churn = true, 50 of 200 rows (25.0%)"
    product = load_product(drafted.folder)
    assert (product.upstream, product.contract.primary_key) == ((SOURCE,), ("customer_id",))
    assert [c.name for c in product.contract.columns] == [
        *("customer_id", "churn_probability", "flag_probability", "wanted_probability", "is_labelled"),
        *("reason_1", "reason_2", "reason_3", "model_version", "scored_at"),
    ]
    contract = " ".join((drafted.folder / "contract.odcs.yaml").read_text(encoding="utf-8").split())
    assert 'LEAST("churn_probability", "flag_probability")' in contract


@pytest.mark.parametrize(
    ("labels", "message", "hint"),
    [
        (["chrun", "flag"], "has no column 'chrun'", "Did you mean churn?"),
        (["churn"], "2 to 5 different labels are told together", "with commas"),
        (["churn", "churn"], "2 to 5 different labels", "with commas"),
        (
            ["churn", "state"],
            "the label 'state' has 3 values",
            "another with --labels, or make it yes and no",
        ),
        (["churn", "customer_id"], "is the key", "Choose another"),
    ],
)
def test_what_no_labels_are(settings, adopted, labels, message, hint) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        draft_multilabel(settings, SOURCE, ProductName("crm", "people_together"), labels)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("label", "message", "hint"),
    [
        ("staet", "has no column 'staet'", "Did you mean state?"),
        ("churn", "is yes or no", "mesh model churn"),
        ("spend", "classes are text or whole numbers", "--label"),
        ("email", "has no class of at least 10 rows", "--label"),
        ("customer_id", "is the key", "--label"),
    ],
)
def test_what_no_classes_are(settings, adopted, label, message, hint) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        draft_classification(settings, SOURCE, ProductName("crm", "people_classes"), label)
    assert hint in str(caught.value.hint)
    assert not (settings.products / "crm/people_classes").exists()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["yes"] * 20, "in every row"),
        ([""] * 20, "null in every row"),
        (["yes"] * 3 + ["no"] * 17, "in 3 rows"),
    ],
)
def test_labels_that_teach_nothing(settings, zone, mesh, cells, message) -> None:
    rows = "".join(f"{n},{n % 5},{cell}\n" for n, cell in enumerate(cells))
    mesh.land_files("crm.people", {"a.csv": f"customer_id,x,churn\n{rows}"})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    with pytest.raises(UsageError, match=message):
        draft_churn(settings, SOURCE, CHURN, "churn")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["here,{yes}"] * 40, "has the same value in every row"),
        (
            ["gone,yes", "here,no", "here,no"] * 20,
            "x: most likely known only after the label: tells the label",
        ),
    ],
)
def test_a_product_of_which_nothing_is_left_to_learn_from(settings, zone, mesh, cells, message) -> None:
    rows = "".join(f"{n},{cell.format(yes=('yes', 'no')[n % 2])}\n" for n, cell in enumerate(cells))
    mesh.land_files("crm.people", {"a.csv": f"customer_id,x,churn\n{rows}"})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    with pytest.raises(UsageError, match="no feature column is left to learn from") as caught:
        draft_churn(settings, SOURCE, CHURN, "churn")
    assert message in str(caught.value)


def test_a_product_without_a_key_needs_one_named(settings, zone, mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": "a,churn\n" + "1,yes\n1,yes\n2,no\n" * 8})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    with pytest.raises(UsageError, match="has no primary key") as caught:
        draft_churn(settings, SOURCE, CHURN, "churn")
    assert "--key" in str(caught.value.hint)


def test_a_product_whose_owner_asks_for_a_key_of_rows_can_be_learnt_from(settings, zone, mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": "a,churn\n" + "1,yes\n1,yes\n2,no\n" * 8})
    drafted = adopt_named(settings, "crm.people", str(SOURCE), None, key="row")
    told = "\n".join(drafted.notes)
    assert "key: row_key, made of all that stands in a row" in told
    assert "91.67 % of the rows say just the same as another" in told
    churn = draft_churn(settings, SOURCE, CHURN, "churn")
    assert "key: row_key" in churn.notes
    assert load_product(churn.folder).contract.primary_key == ("row_key",)

    # What is drafted later keeps it, without another word.
    assert adopt_named(settings, "crm.people", str(SOURCE), None).changes == ()


def test_a_product_that_is_there_is_given_a_key_of_rows(settings, zone, mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": "a,churn\n" + "1,yes\n1,yes\n2,no\n" * 8})
    adopt_named(settings, "crm.people", str(SOURCE), None)
    again = adopt_named(settings, "crm.people", str(SOURCE), None, ["columns"], "row")
    assert {change.fact.column for change in again.changes} == {"row_key"}
    assert load_product(again.folder).contract.primary_key == ("row_key",)


def test_a_key_is_asked_for_in_one_word(settings, mesh) -> None:
    mesh.land_files("crm.people", {"a.csv": "a,churn\n1,yes\n"})
    with pytest.raises(UsageError, match="--key is 'a', not row"):
        adopt_named(settings, "crm.people", None, None, key="a")


def test_the_latest_cutoff_is_segmented_and_every_one_learnt_from(settings, zone, mesh) -> None:
    rows = "".join(
        f"C{n},2024-0{month}-01,{n * 7 % 50},{n * n % 97},{'yes' if n % 3 else 'no'}\n"
        for n in range(60)
        for month in (1, 2)
    )
    mesh.land_files("crm.people", {"a.csv": f"customer_id,cutoff_date,visits,spend,churn\n{rows}"})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    model = model_of(draft_churn(settings, SOURCE, CHURN, "churn").folder)
    assert (model["key"], model["cutoff"]) == ("customer_id", "cutoff_date")
    segments = draft_segments(settings, SOURCE, SEGMENTS)
    assert 'WHERE "cutoff_date" = (SELECT MAX("cutoff_date")' in model_of(segments.folder)["features"]
    assert load_product(segments.folder).contract.primary_key == ("customer_id",)


def test_segments_compare_by_amounts(settings, adopted) -> None:
    drafted = draft_segments(settings, SOURCE, SEGMENTS)
    model = model_of(drafted.folder)
    assert model["columns"] == {"tenure": "linear", "spend": "log", "score": "linear"}
    assert SegmentSpec.from_mapping(model).columns["spend"] is Scale.LOG
    assert load_product(drafted.folder).contract.primary_key == ("customer_id",)
    notes = "\n".join(drafted.notes)
    assert "left out: spend_twice: moves with spend" in notes
    assert "left out: latitude: is a place or a code" in notes
    assert "what is usual in each segment is the product crm.people_segments_profile, drafted too" in notes
    profile = load_product(settings.products / "crm/people_segments_profile")
    assert sorted(map(str, profile.inputs)) == ["crm.people", "crm.people_segments"]
    names = [column.name for column in profile.contract.columns]
    assert names[:4] == ["segment", "segment_name", "customers", "share"]
    assert names[4:] == ["median_tenure", "median_spend", "median_score"]


def test_nothing_to_compare_by(settings, zone, mesh) -> None:
    mesh.land_files(
        "crm.people", {"a.csv": "customer_id,name\n" + "".join(f"C{n},N{n}\n" for n in range(30))}
    )
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    with pytest.raises(UsageError, match="no numbers"):
        draft_segments(settings, SOURCE, SEGMENTS)


def test_an_unbuilt_product_of_sql_is_to_be_built_first(settings, adopted) -> None:
    folder = settings.products / "crm" / "adults"
    folder.mkdir()
    text = (settings.products / "crm/people/contract.odcs.yaml").read_text(encoding="utf-8")
    (folder / "contract.odcs.yaml").write_text(
        text.replace("crm.people", "crm.adults")
        .replace("name: people", "name: adults")
        .replace("Product: people", "Product: adults")
    )
    (folder / "transform.sql").write_text("SELECT * FROM crm.people WHERE tenure > 3")
    with pytest.raises(UsageError, match="was never built") as caught:
        draft_churn(settings, ProductName("crm", "adults"), CHURN, "churn")
    assert "mesh build crm.adults" in str(caught.value.hint)


def test_a_product_of_amounts_is_one_that_loads_and_promises_what_its_label_is(settings, adopted) -> None:
    name = ProductName("crm", "people_spend")
    drafted = draft_regression(settings, SOURCE, name, "Spend", last_period="tenure", owner="ana@example.com")
    model = model_of(drafted.folder)
    assert (model["task"], model["key"], model["label"]) == ("regression", "customer_id", "spend")
    assert RegressionSpec.from_mapping(model).parameters["last_period"] == {"column": "tenure"}
    assert set(model["exclude"]) == {"email", "account_no", "spend_twice"}
    assert "tells alone which rows have more than half" in model["exclude"]["spend_twice"]
    product = load_product(drafted.folder)
    assert [c.name for c in product.contract.columns] == [
        *("customer_id", "predicted_spend", "lower_spend", "upper_spend", "is_labelled"),
        *("reason_1", "reason_2", "reason_3", "model_version", "scored_at"),
    ]
    text = (drafted.folder / "contract.odcs.yaml").read_text(encoding="utf-8")
    assert text.count("minimum: 0") == 3
    assert '"lower_spend" <= "predicted_spend" AND "predicted_spend" <= "upper_spend"' in " ".join(
        text.split()
    )
    assert drafted.notes[0].endswith("in 200 rows, null in 0")
    plain = draft_regression(settings, SOURCE, ProductName("crm", "people_tenure"), "tenure")
    assert "last_period" not in model_of(plain.folder)
    assert "if you name its column: --last-period" in plain.notes[2]


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"label": "spned"}, "has no column 'spned'", "spend"),
        ({"label": "status"}, "'status' is VARCHAR, no number", "Choose another column."),
        ({"label": "churn"}, "no number", "mesh model churn crm.people"),
        ({"label": "spend", "last_period": "state"}, "'state' is VARCHAR, no number", "Choose another"),
        ({"label": "spend", "last_period": "spend"}, "is the label itself", "--last-period"),
        ({"label": "account_no", "key": "account_no"}, "is the key", "--label"),
    ],
)
def test_what_no_amounts_can_be_predicted_of(settings, adopted, options, message, hint) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        draft_regression(settings, SOURCE, ProductName("crm", "people_spend"), **options)
    assert hint in str(caught.value.hint)


def test_an_amount_that_teaches_nothing(settings, zone, mesh) -> None:
    rows = "".join(f"{n},{n % 5},{n % 2 * 7 or ''}\n" for n in range(30))
    mesh.land_files("crm.people", {"a.csv": f"customer_id,x,spend\n{rows}"})
    adopt(settings, FoundFiles(DatasetName("crm", "people"), zone), SOURCE)
    with pytest.raises(UsageError, match="is 7 in every row: nothing to learn from"):
        draft_regression(settings, SOURCE, ProductName("crm", "people_spend"), "spend")
