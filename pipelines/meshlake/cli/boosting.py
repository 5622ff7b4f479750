"""`mesh boost`: what in the mesh makes a model better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from meshlake.cli.completion import product_names
from meshlake.cli.drafts import print_drafted
from meshlake.cli.printing import print_json, print_table, print_text
from meshlake.cli.status import status
from meshlake.counting import counted
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from meshlake.boosting.boost import Boosted, Considered
    from meshlake.ml_assets.comparison import Interval

_FIGURES = {"roc_auc": "ROC AUC", "log_loss": "log loss", "calibration_error": "calibration error"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(boost)


def boost(
    product: str = typer.Argument(
        metavar="D.P", help="The product with the label.", autocompletion=product_names
    ),
    label: str = typer.Option(None, "--label", metavar="COL", help="The yes/no column to predict."),
    cutoff: str = typer.Option(
        None,
        "--cutoff",
        metavar="COL",
        help="The day that features stop before; else that of its primary key.",
    ),
    key: str = typer.Option(
        None, "--key", metavar="COL", help="The column that tells its rows apart; else its primary key."
    ),
    churned: str = typer.Option(
        None, "--churned", metavar="VALUE", help="The label's value that means so, if not yes, true or 1."
    ),
    undated: bool = typer.Option(
        False, "--undated", help="Also take tables of which no date says what was known when."
    ),
    minutes: float = typer.Option(10.0, "--minutes", min=0.01, help="How long to look."),
    as_product: str = typer.Option(
        None, "--as", metavar="D.P2", help="What is drafted; else <product>_boosted."
    ),
    owner: str = typer.Option(None, "--owner", help="Who answers for it; else git's user.email, else you."),
    accept: bool = typer.Option(
        False, "--accept", help="Let D.P, which was drafted and waits, be a product."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON."),
) -> None:
    """Find what in the whole mesh makes a model better, and draft it as a product that waits to be accepted.

    Tables are reached over the joins that discovery proves. What was known only after a row's cut-off is left out, as
    are columns that know the label too well. Of each table it is told why it was kept or not.

    Examples:

      mesh boost retention.churn_features --label is_churned

      mesh boost retention.churn_features --label is_churned --undated --minutes 2 --as retention.richer_features

      mesh boost retention.richer_features --accept
    """
    import meshlake

    mesh = meshlake.open()
    if accept:
        folder = mesh.accept(product)
        print_json({"product": product, "folder": str(folder)}) if as_json else print_text(
            f"{product} is a product now. Build it: mesh build {product}"
        )
        return
    if label is None:
        raise UsageError("no label is named", "Say what is to be predicted: --label COL")
    with status("looking at the labels") as tell:
        found = mesh.boost(
            product,
            label,
            cutoff=cutoff,
            key=key,
            churned=churned,
            is_undated=undated,
            minutes=minutes,
            as_product=as_product,
            owner=owner,
            progress=tell,
        )
    if as_json:
        print_json(boost_facts(found))
    else:
        _print(found)


def boost_facts(found: Boosted) -> dict[str, Any]:
    """It all for programs."""
    return {
        "product": str(found.product),
        "label": found.label,
        "cutoff": found.cutoff,
        "rows": found.row_count,
        "seconds": round(found.seconds, 1),
        "tables": [_facts(each) for each in found.considered],
        "columns": list(found.selection.columns) if found.selection else [],
        "held_out": found.selection.final.as_dict() if found.selection and found.selection.final else None,
        "drafted": [each.as_dict() for each in found.drafted],
    }


def _facts(each: Considered) -> dict[str, Any]:
    judged = each.judged
    return {
        "table": each.table,
        "path": each.path,
        "containment": each.containment,
        "known_at": each.known_at,
        "verdict": each.verdict,
        "why": each.why,
        "gain": judged.gain.estimate if judged else None,
        "t": judged.gain.t if judged else None,
        "seconds": round(each.seconds, 2),
        "features": list(each.features),
        "withheld": each.withheld,
    }


def _print(found: Boosted) -> None:
    rows = [
        (
            each.verdict,
            each.table,
            each.path,
            f"{each.containment:.0%}",
            each.known_at or "",
            f"{each.judged.gain.estimate:.4f} (t {each.judged.gain.t:.1f})" if each.judged else "",
            f"{len(each.features)} of {len(each.columns)}" if each.columns else "",
            f"{each.seconds:.1f} s",
            each.why,
        )
        for each in found.considered
    ]
    if not rows:
        print_text(f"No table is joined with {found.product}: mesh discover tells what refers to what.")
        return
    print_table(
        ("verdict", "table", "joined by", "held", "known from", "less log loss", "features", "took", "why"),
        rows,
    )
    for each in found.considered:
        for column, why in each.withheld.items():
            print_text(f"  left out: {each.table}: {column}: {why}")
    _print_gain(found)
    for drafted in found.drafted:
        print()
        print_drafted(drafted, as_json=False)
    if found.drafted:
        name = found.drafted[-1].name
        print_text(
            f"It waits to be accepted. Two questions are yours: is each join real, and was it known then?\n"
            f"Then: mesh boost {name} --accept, mesh build {name}, mesh model churn {name} --label {found.label}"
        )


def _print_gain(found: Boosted) -> None:
    chosen = found.selection
    tried = sum(each.judged is not None for each in found.considered)
    if chosen is None or not chosen.columns:
        print_text(f"\nNothing makes {found.label} better known: {counted(tried, 'table')} tried.")
        return
    print_text(
        f"\n{counted(len(chosen.columns), 'column')} kept of {counted(tried, 'table')} tried: a table has to gain "
        f"{chosen.threshold:.1f} standard errors, as the best of so many does by chance in one search of twenty."
    )
    if chosen.final is None:
        print_text("Too few rows of one kind were left to measure the whole on rows that chose nothing.")
        return
    rows = [
        (name, f"{chosen.base[figure].estimate:.4f}", _interval(chosen.boosted[figure]))
        for figure, name in _FIGURES.items()
    ]
    where = "the last cut-off" if found.cutoff else "a quarter of the keys"
    print_table(
        ("", "without", "with it (95 %)"),
        rows,
        f"On {where}, which chose nothing: {chosen.final.rows:,} rows",
    )


def _interval(figure: Interval) -> str:
    return f"{figure.estimate:.4f} ({figure.low:.4f} to {figure.high:.4f})"
