"""`mesh model churn | classification | ... | uplift`: models drafted on any product."""

from __future__ import annotations

import typer

from meshlake.cli.choosing import JSON
from meshlake.cli.completion import product_names
from meshlake.cli.drafts import print_drafted

PRODUCT = typer.Argument(metavar="D.P", help="The product to learn from.", autocompletion=product_names)
KEY = typer.Option(
    None, "--key", metavar="COL", help="The column that tells its rows apart; else its primary key."
)
OWNER = typer.Option(None, "--owner", help="Who answers for it; else git's user.email, else you.")


def register(model: typer.Typer) -> None:
    """Add the commands."""
    for command in (churn, classification, multilabel, regression, segments, survival, uplift):
        model.command()(command)


def churn(
    product: str = PRODUCT,
    label: str = typer.Option(..., "--label", metavar="COL", help="The yes/no column that says who left."),
    key: str = KEY,
    churned: str = typer.Option(
        None, "--churned", metavar="VALUE", help="The label's value that means churn, if not yes, true or 1."
    ),
    as_product: str = typer.Option(None, "--as", metavar="D.P2", help="Its name; else <product>_churn."),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a churn-prediction product: model.yaml, and the contract of its predictions.

    Examples:

      mesh model churn crm.customers --label churned

      mesh model churn crm.customers --label status --churned Left --as retention.predictions
    """
    import meshlake

    drafted = meshlake.open().model_churn(
        product, label, key=key, churned=churned, as_product=as_product, owner=owner
    )
    print_drafted(drafted, as_json=as_json)


def classification(
    product: str = PRODUCT,
    label: str = typer.Option(
        ...,
        "--label",
        metavar="COL",
        help="The column of few values to predict, such as why a customer left.",
    ),
    key: str = KEY,
    as_product: str = typer.Option(None, "--as", metavar="D.P2", help="Its name; else <product>_<label>."),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a product of predicted classes: model.yaml, and the contract of its predictions.

    Examples:

      mesh model classification crm.customers --label plan

      mesh model classification crm.customers --label status --as retention.statuses
    """
    import meshlake

    drafted = meshlake.open().model_classification(
        product, label, key=key, as_product=as_product, owner=owner
    )
    print_drafted(drafted, as_json=as_json)


def multilabel(
    product: str = PRODUCT,
    labels: str = typer.Option(
        ..., "--labels", metavar="COL,COL", help="Two to five yes/no columns, with commas."
    ),
    key: str = KEY,
    as_product: str = typer.Option(
        None, "--as", metavar="D.P2", help="Its name; else <product>_<label>_and_<label>."
    ),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a product of several yes/no predictions at once, each and all together: model.yaml, and its contract.

    Examples:

      mesh model multilabel crm.customers --labels churned,has_support

      mesh model multilabel crm.customers --labels churned,has_support --as crm.worth_a_call
    """
    import meshlake

    names = [label.strip() for label in labels.split(",") if label.strip()]
    drafted = meshlake.open().model_multilabel(product, names, key=key, as_product=as_product, owner=owner)
    print_drafted(drafted, as_json=as_json)


def regression(
    product: str = PRODUCT,
    label: str = typer.Option(..., "--label", metavar="COL", help="The column of numbers to predict."),
    key: str = KEY,
    last_period: str = typer.Option(
        None, "--last-period", metavar="COL", help="The column of the same amount in the period before."
    ),
    as_product: str = typer.Option(None, "--as", metavar="D.P2", help="Its name; else <product>_<label>."),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a product of predicted amounts with intervals, such as next-period revenue: model.yaml, and its contract.

    Examples:

      mesh model regression crm.customers --label monthly_fee

      mesh model regression crm.customers --label monthly_fee --last-period last_fee --as crm.fee_forecast
    """
    import meshlake

    drafted = meshlake.open().model_regression(
        product, label, key=key, last_period=last_period, as_product=as_product, owner=owner
    )
    print_drafted(drafted, as_json=as_json)


def segments(
    product: str = PRODUCT,
    key: str = KEY,
    as_product: str = typer.Option(None, "--as", metavar="D.P2", help="Its name; else <product>_segments."),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a segmentation product: model.yaml, and the contract of its segments.

    Examples:

      mesh model segments retail.customer_rfm

      mesh model segments crm.customers --key customer_id --as crm.customer_groups
    """
    import meshlake

    drafted = meshlake.open().model_segments(product, key=key, as_product=as_product, owner=owner)
    print_drafted(drafted, as_json=as_json)


def survival(
    product: str = PRODUCT,
    label: str = typer.Option(
        ..., "--label", metavar="COL", help="The yes/no column that says whether it has come."
    ),
    duration: str = typer.Option(
        None, "--duration", metavar="COL", help="The column of how long each row was followed."
    ),
    start: str = typer.Option(
        None, "--start", metavar="COL", help="Instead, with --end: the date it was followed from."
    ),
    end: str = typer.Option(
        None, "--end", metavar="COL", help="The date that it came, or it was last seen without."
    ),
    unit: str = typer.Option(
        "days", "--unit", metavar="UNIT", help="Of --duration: days, weeks, months or years."
    ),
    event: str = typer.Option(
        None, "--event", metavar="VALUE", help="The label's value that means so, if not yes, true or 1."
    ),
    key: str = KEY,
    as_product: str = typer.Option(None, "--as", metavar="D.P2", help="Its name; else <product>_survival."),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a product of how long it takes until something happens, such as until a customer leaves.

    Examples:

      mesh model survival crm.customers --label churned --duration tenure --unit months

      mesh model survival crm.customers --label churned --start joined_on --end last_seen_on --as crm.time_to_churn
    """
    import meshlake

    drafted = meshlake.open().model_survival(
        product,
        label,
        duration=duration,
        start=start,
        end=end,
        unit=unit,
        event=event,
        key=key,
        as_product=as_product,
        owner=owner,
    )
    print_drafted(drafted, as_json=as_json)


def uplift(
    product: str = PRODUCT,
    treatment: str = typer.Option(
        ..., "--treatment", metavar="COL", help="The column that says who was treated, drawn at random."
    ),
    label: str = typer.Option(..., "--label", metavar="COL", help="The yes/no column of the outcome."),
    key: str = KEY,
    treated: str = typer.Option(
        None,
        "--treated",
        metavar="VALUE",
        help="The treatment's value that means treated, if not yes, true or 1.",
    ),
    untreated: str = typer.Option(
        None, "--untreated", metavar="VALUE", help="The one that means not, where there are more than two."
    ),
    outcome: str = typer.Option(
        None, "--outcome", metavar="VALUE", help="The label's value that means so, if not yes, true or 1."
    ),
    aim: str = typer.Option(
        None, "--aim", metavar="more|less", help="What is aimed at; else less of a label about leaving."
    ),
    benefit: str = typer.Option(
        None,
        "--benefit",
        metavar="AMOUNT",
        help="What one more outcome aimed at is worth: a number or a column.",
    ),
    cost: str = typer.Option(
        None, "--cost", metavar="AMOUNT", help="What a treatment costs: a number or a column."
    ),
    as_product: str = typer.Option(None, "--as", metavar="D.P2", help="Its name; else <product>_uplift."),
    owner: str = OWNER,
    as_json: bool = JSON,
) -> None:
    """Draft a product of whom a treatment changes, and who is to be treated: model.yaml, and its contract.

    Examples:

      mesh model uplift crm.customers --treatment called --label churned

      mesh model uplift crm.customers --treatment called --label churned --benefit monthly_fee --cost 2 --as crm.calls
    """
    import meshlake

    drafted = meshlake.open().model_uplift(
        product,
        treatment,
        label,
        key=key,
        treated=treated,
        untreated=untreated,
        outcome=outcome,
        aim=aim,
        benefit=benefit,
        cost=cost,
        as_product=as_product,
        owner=owner,
    )
    print_drafted(drafted, as_json=as_json)
