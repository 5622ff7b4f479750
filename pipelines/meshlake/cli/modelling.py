"""`mesh model`: the versions of what was trained; drafts are in `model_drafts`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import typer

from meshlake.cli import choosing, model_drafts, model_report
from meshlake.cli.choosing import JSON, MODEL
from meshlake.cli.completion import product_names
from meshlake.cli.printing import print_json, print_record, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from meshlake.ml_assets.comparison import Difference

_SHOWN_IMPORTANCES = 10
_WORDS = {"roc_auc": "ROC AUC", "macro_f1": "macro F1", "r2": "R²", "qini": "Qini"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    model = typer.Typer(
        name="model",
        help="Draft a product of predictions, amounts or segments; list, show, compare and choose what was trained.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    model_drafts.register(model)
    model.command(name="list")(list_versions)
    model.command()(show)
    model.command()(compare)
    model.command()(performance)
    model_report.register(model)
    choosing.register(model)
    app.add_typer(model)


def list_versions(
    product: str = typer.Argument(
        None, metavar="[D.P]", help="One model; else all.", autocompletion=product_names
    ),
    as_json: bool = JSON,
) -> None:
    """List the versions of models, newest first: what each measured, and whether it was promoted.

    Examples:

      mesh model list

      mesh model list retention.churn_predictions --json
    """
    import meshlake
    from meshlake.mesh.report import headline

    states = [state.as_dict() for state in meshlake.open().model_versions(product)]
    if as_json:
        print_json(states)
        return
    if not states:
        print_text("No model was trained yet. Draft one: mesh model churn D.P --label COL")
        return
    columns = ("model", "version", "state", "algorithm", "measured on", "metrics")
    print_table(
        columns,
        [
            (s["model"], s["version"], _state(s), s["algorithm"], s["measured_on"], headline(s["metrics"]))
            for s in states
        ],
    )


def show(
    product: str = MODEL,
    version: str = typer.Argument(None, metavar="[VERSION]", help="Else the champion."),
    as_json: bool = JSON,
) -> None:
    """Show a version: why it was promoted or not, the candidates, what it learned from, and what moves it most.

    Examples:

      mesh model show retention.churn_predictions
    """
    import meshlake
    from meshlake.mesh.report import headline

    state, record = meshlake.open().model_version(product, version)
    if as_json:
        print_json({**state.as_dict(), "record": record})
        return
    print_record(
        {
            **state.as_dict(),
            "metrics": headline(state.metrics),
            "rows": ", ".join(f"{count:,} {what}" for what, count in record.get("rows", {}).items()),
            "not learned from": "; ".join(f"{name}: {why}" for name, why in record["dropped"].items()),
            "warnings": "; ".join(record["warnings"]),
        },
        title=f"{product} {state.version}",
    )
    candidates = record.get("candidates", {})
    if candidates:
        print_table(
            ("candidate", "out of fold", "parameters found"),
            [
                (name, headline(told["out_of_fold"]), _found(told.get("search")))
                for name, told in candidates.items()
            ],
            title="Candidates",
        )
    _print_profits(record)
    _print_groups(record)
    strongest = list(record.get("importances", {}).items())[:_SHOWN_IMPORTANCES]
    if strongest:
        print_table(
            ("feature", "moves the prediction by, on average"),
            [(name, f"{mean:.4f}") for name, mean in strongest],
            title="Importances",
        )


def _found(search: Mapping[str, Any] | None) -> str:
    if search is None:
        return ""
    found = ", ".join(f"{name} {value:g}" for name, value in search["parameters"].items())
    return found or "none better beyond noise"


def _print_profits(record: Mapping[str, Any]) -> None:
    profits = record.get("profit_by_policy") or {}
    if found := profits.get("test") or profits.get("out_of_fold"):
        print_table(
            ("who is contacted", "customers", "profit", "expected"),
            [
                (name, f"{told['flagged']:,}", f"{told['realised']:,.0f}", f"{told['expected']:,.0f}")
                for name, told in found.items()
            ],
            title="Profit, on rows that chose nothing" if profits.get("test") else "Profit, out of fold",
        )


def _print_groups(record: Mapping[str, Any]) -> None:
    from meshlake.models.fairness_page import HEADS, fairness_rows

    if rows := fairness_rows(record):
        print_table(HEADS, rows, title="Groups by protected columns, with 95 % intervals")


def compare(
    product: str = MODEL,
    version: str = typer.Argument(metavar="VERSION", help="The version that may be better."),
    other: str = typer.Argument(
        None, metavar="[OTHER]", help="The one it is held against; else the champion."
    ),
    as_json: bool = JSON,
) -> None:
    """Hold a version of a model against another, on the rows that both predicted without their label.

    Examples:

      mesh model compare retention.churn_predictions 20260701T040000-0123456789ab
    """
    import meshlake
    from meshlake.ml_assets.comparison import Difference

    found = meshlake.open().compare_versions(product, version, other)
    if as_json:
        print_json(found.as_dict())
        return
    differences = {
        _WORDS.get(name, name.replace("_", " ")): each
        for name, each in vars(found).items()
        if isinstance(each, Difference)
    }
    print_table(
        ("figure", "better by", "from", "to", "beyond noise"),
        [
            (name, *(f"{figure + 0.0:+.4f}" for figure in (d.estimate, d.low, d.high)), _verdict(d))
            for name, d in differences.items()
        ],
        title=f"{version} against {other or 'the champion'}, on {found.rows:,} rows (95 % intervals)",
    )


def performance(product: str = MODEL, as_json: bool = JSON) -> None:
    """Show how good predictions turned out, by version and period, as labels become known that were not.

    And how far the features have moved from those that the version learned from. Of policies with amounts the profit
    of contacting those flagged is shown, as it came and as it was expected.

    Examples:

      mesh model performance retention.churn_predictions
    """
    import meshlake

    rows = meshlake.open().model_performance(product)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print_text(
            "Nothing is known of its predictions. Builds look for labels where the contract has is_labelled."
        )
        return
    shown = [each for each in _performance_columns() if any(each.of(row) != "-" for row in rows)]
    print_table(
        [each.head for each in shown],
        [[each.of(row) for each in shown] for row in rows],
        title=f"What {product} predicted, and what came (95 % intervals)",
    )


@dataclass(frozen=True)
class _Shown:
    """A column of the table of what is known of predictions: `-` where it is not."""

    head: str
    of: Callable[[Mapping[str, Any]], str]


def _performance_columns() -> list[_Shown]:
    from meshlake.ml_assets.evidence import FIGURES

    return [
        _Shown("period", itemgetter("period")),
        _Shown("version", itemgetter("model_version")),
        _Shown("known", lambda row: f"{row['matured_rows']:,} of {row['predicted_rows']:,}"),
        _Shown("what came", _levels),
        *(_Shown(head, partial(_formatted, name, form)) for head, name, form in _OF_FLAGS),
        *(_Shown(figure.words, partial(_between, name)) for name, figure in FIGURES.items()),
        _Shown("moved", lambda row: ", ".join(json.loads(row["shifted_features"] or "{}")) or "-"),
        _Shown("remark", lambda row: row["remark"] or "-"),
    ]


_OF_FLAGS = (
    ("flagged", "flagged_rows", "{:,}"),
    ("precision", "precision", "{:.1%}"),
    ("profit", "realised_profit", "{:,.2f}"),
    ("expected profit", "expected_profit", "{:,.2f}"),
)


def _levels(row: Mapping[str, Any]) -> str:
    levels = json.loads(row["levels"] or "[]")
    return "; ".join(f"{each['came_told']}, {each['expected_told']} expected" for each in levels) or "-"


def _formatted(name: str, form: str, row: Mapping[str, Any]) -> str:
    return "-" if row[name] is None else form.format(row[name])


def _between(name: str, row: Mapping[str, Any]) -> str:
    if row[name] is None:
        return "-"
    found, low, high = (f"{row[f'{name}{end}']:.4g}" for end in ("", "_low", "_high"))
    return f"{found} ({low} to {high})"


def _state(version: Mapping[str, Any]) -> str:
    return f"{version['state']}, {version['pinned']}" if version["pinned"] else str(version["state"])


def _verdict(difference: Difference) -> str:
    return "better" if difference.is_better else "worse" if difference.is_worse else "no difference"
