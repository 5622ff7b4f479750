"""`mesh boost`: what in the mesh makes a model better."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Any

import typer

from meshlake.boosting.task import Task  # noqa: TC001 - typer reads the annotations
from meshlake.cli.choosing import JSON
from meshlake.cli.completion import product_names
from meshlake.cli.drafts import print_written
from meshlake.cli.printing import print_json, print_table, print_text
from meshlake.cli.status import status
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from meshlake.boosting.considered import Boosted
    from meshlake.mesh.mesh import Mesh

_PRODUCT = typer.Argument(
    metavar="D.P", help="The product with the label, or a model.", autocompletion=product_names
)
_LABEL = typer.Option(None, "--label", metavar="COL", help="The column to predict; of a model its own.")
_CUTOFF = typer.Option(
    None, "--cutoff", metavar="COL", help="The day that features stop before; else that of its primary key."
)
_KEY = typer.Option(
    None, "--key", metavar="COL", help="The column that tells its rows apart; else its primary key."
)
_CHURNED = typer.Option(
    None, "--churned", metavar="VALUE", help="The label's value that means so, if not yes, true or 1."
)
_TASK = typer.Option(
    None,
    "--task",
    help="How the label is predicted, if its values do not say it: yes or no, a number, or which of some classes.",
)
_UNDATED = typer.Option(
    False, "--undated", help="Also take tables of which no date says what was known when."
)
_MINUTES = typer.Option(
    10.0,
    "--minutes",
    min=0.01,
    help="How long to look; to write down what is found takes as long as its rows need.",
)
_HOPS = typer.Option(2, "--hops", min=1, max=5, help="Over how many joins; lookups of lookups over one more.")
_HORIZON = typer.Option(
    None,
    "--horizon",
    metavar="DAYS",
    min=1,
    help="How long after its cut-off a label is known; else from the next cut-off on.",
)
_AS = typer.Option(None, "--as", metavar="D.P2", help="What is drafted; else <product>_boosted.")
_OWNER = typer.Option(None, "--owner", help="Who answers for it; else git's user.email, else you.")
_HTML = typer.Option(
    None, "--html", metavar="FILE", help="Write a page to look at, too; one lies beside what is drafted."
)
_ACCEPT = typer.Option(False, "--accept", help="Let D.P, which was drafted and waits, be a product.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(boost)


def boost(
    product: str = _PRODUCT,
    label: str | None = _LABEL,
    cutoff: str = _CUTOFF,
    key: str = _KEY,
    churned: str = _CHURNED,
    task: Task | None = _TASK,
    undated: bool = _UNDATED,
    minutes: float = _MINUTES,
    hops: int = _HOPS,
    horizon: int | None = _HORIZON,
    as_product: str = _AS,
    owner: str = _OWNER,
    html: Path | None = _HTML,
    accept: bool = _ACCEPT,
    as_json: bool = JSON,
) -> None:
    """Find what in the whole mesh makes a model better, and draft it as a product that waits to be accepted.

    Of a model (`mesh boost retention.churn_predictions`) label, key, cut-off and features are those of its model.yaml,
    which learns from what is drafted once that is accepted.

    Tables are reached over the joins that discovery proves. What was known only after a row's cut-off is left out, as
    are columns that know the label too well. Of each table it is told why it was kept or not.

    Examples:

      mesh boost retention.churn_features --label is_churned

      mesh boost retention.churn_features --label is_churned --undated --html boost.html --as retention.richer_features

      mesh boost billing.invoices --label amount_eur --minutes 3

      mesh boost retention.richer_features --accept
    """
    import meshlake
    from meshlake.boosting.page import write_boost_page
    from meshlake.boosting.told import boost_facts

    mesh = meshlake.open()
    if accept:
        _accept(mesh, product, as_json=as_json)
        return
    asked: dict[str, Any] = {
        "cutoff": cutoff,
        "key": key,
        "churned": churned,
        "task": task,
        "horizon": horizon,
    }
    if label is None and (said := [f"--{name}" for name, value in asked.items() if value is not None]):
        hint = "Say what is to be predicted: --label COL. A model's key, cut-off and label stand in its model.yaml."
        raise UsageError(f"{' and '.join(said)}: no label is named", hint)
    given: dict[str, Any] = {
        "is_undated": undated,
        "minutes": minutes,
        "hops": hops,
        "as_product": as_product,
        "owner": owner,
    }
    with status("looking at the labels") as tell:
        if label is None:
            found = mesh.boost_model(product, **given, progress=tell)
        else:
            found = mesh.boost(product, label, **asked, **given, progress=tell)
    page = write_boost_page(found, html) if html else None
    if as_json:
        print_json(boost_facts(found) | ({"page": str(page)} if page else {}))
        return
    _print(found)
    if page:
        print_text(f"The page is in {page}: open it in a browser.")


def _accept(mesh: Mesh, product: str, *, as_json: bool) -> None:
    accepted = mesh.accept(product)
    model = str(accepted.model) if accepted.model else None
    if as_json:
        print_json({"product": product, "folder": str(accepted.folder), "model": model})
    elif model:
        print_text(f"{product} is a product now, and {model} learns from it. Build both: mesh build {model}")
    else:
        print_text(f"{product} is a product now. Build it: mesh build {product}")


def _print(found: Boosted) -> None:
    from meshlake.boosting.told import (
        apart_told,
        considered_rows,
        doubt_rows,
        heads,
        verdict,
        withheld_rows,
    )

    if not found.considered:
        print_text(f"No table is joined with {found.product}: mesh discover tells what refers to what.")
        return
    print_table(heads(found), considered_rows(found))
    if apart := apart_told(found):
        print_text(apart)
    for table, column, why in withheld_rows(found):
        print_text(f"  left out: {table}: {column}: {why}")
    for table, column, why in doubt_rows(found):
        print_text(f"  in doubt: {table}: {column}: {why}")
    print_text(f"\nPredicted is {found.predicted.told}.\n{verdict(found)}")
    _print_gain(found)
    for drafted in found.drafted:
        print()
        print_written(drafted)
    if found.drafted:
        name = found.drafted[-1].name
        if found.start:
            print_text(f"\nWhat accepting it changes:\n{found.change}")
        then = f"mesh build {found.start.name}" if found.start else f"mesh build {name}"
        more = "" if found.start else f", mesh model {found.predicted.task} {name} --label {found.label}"
        print_text(
            "\nAll of it waits to be accepted. Two questions are yours: is each join real, and was it known then?\n"
            f"Then: mesh boost {name} --accept, {then}{more}"
        )


def _print_gain(found: Boosted) -> None:
    from meshlake.boosting.told import FIGURE_HEADS, figure_rows, threshold_told

    chosen = found.selection
    if chosen is None or not chosen.columns:
        return
    print_text(threshold_told(found))
    if chosen.final is not None:
        told = f"On {found.last}, which chose nothing: {chosen.final.rows:,} rows"
        print_table(FIGURE_HEADS, figure_rows(found), told)
