"""What is told of a version of a segmentation."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FACTS = ("segment", "segment_name", "customers", "share")
_HOW_MANY = (
    "Chosen among those farther apart than rows of the same values whose columns were shuffled, and than one cloud, "
    "with enough rows in each segment, and stable: each of ten samples drawn anew gives nearly the same (adjusted Rand "
    "index of at least .8). Of these: what was asked to be told apart (use), the most apart (silhouette), the least "
    "BIC, the most stable, the fewest, each within two standard errors of the best."
)


def chosen_count(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Of the figures of all candidates those of the one that segments are made by; `None` where none were found."""
    return next((count for count in record["curve"] if count.get("is_chosen")), None)


def evaluate_segments(record: Mapping[str, Any], shown: bytes | None) -> Evaluation:
    """What `record` and the rows `shown` that are stored with it tell."""
    import pandas as pd

    from meshlake.ml_assets.drawing import svg
    from meshlake.ml_assets.segmentation.figures import segment_figures, shown_figures

    if any("chance_silhouette" not in count for count in record["curve"]):
        told = (
            f"{record['k']} segments, stored before figures of all that was tried were kept with a version."
        )
        return Evaluation(told, [Section("Who they are", "The median of each column.", [_profile(record)])])
    figures = segment_figures(record)
    if shown is not None:
        names = {each["segment"]: each["segment_name"] for each in record["segments"]}
        figures |= shown_figures(pd.read_parquet(BytesIO(shown)), names)
    drawn = {name: svg(draw) for name, draw in figures.items()}
    sections = [
        Section(
            "Who they are",
            "The median of each column; the drawing has middles, as they were compared, and the map the directions in "
            f"which rows differ most{_variance(record)}.",
            [_profile(record)],
            _named(drawn, ("sizes", "profile", "components")),
        ),
        Section(
            "How many there are",
            _HOW_MANY,
            [_curve(record)],
            _named(drawn, ("silhouette", "stability", "knives", "elbow", "bic", "use")),
        ),
    ]
    return Evaluation(_verdict(record), sections)


def _verdict(record: Mapping[str, Any]) -> str:
    chosen = chosen_count(record)
    if chosen is None:
        return (
            "No segments were found: the rows are no farther apart than chance makes rows without groups. All are one "
            "segment."
        )
    is_stable = "come" if chosen["is_stable"] else "do not come"
    shares = sorted(each["share"] for each in record["segments"] if each["segment"] >= 0)
    noise = f"; {chosen['noise_share']:.0%} are in none" if chosen["noise_share"] else ""
    return (
        f"{record['k']} segments, which {is_stable} again when customers are drawn anew (adjusted Rand index "
        f"{chosen['rand_index_mean']:.2f}, at least {chosen['rand_index_min']:.2f}) and are "
        f"{chosen['silhouette']:.2f} apart by silhouette, where chance gives "
        f"{chosen['chance_silhouette']:.2f}, from {shares[-1]:.0%} of customers down to {shares[0]:.0%}{noise}."
    )


def _variance(record: Mapping[str, Any]) -> str:
    shares = record["explained_variance"]
    return f": the first two have {sum(shares[:2]):.0%} of the variance of {len(shares)} columns"


def _named(drawn: Mapping[str, bytes], names: Iterable[str]) -> dict[str, bytes]:
    return {name.replace("_", " "): drawn[name] for name in names if name in drawn}


def _profile(record: Mapping[str, Any]) -> Table:
    columns = [name for name in record["segments"][0] if name not in _FACTS]
    rows = [
        (
            str(segment["segment"]),
            segment["segment_name"],
            f"{segment['customers']:,}",
            f"{segment['share']:.1%}",
            *("" if segment[name] is None else f"{segment[name]:,.4g}" for name in columns),
        )
        for segment in record["segments"]
    ]
    return Table(("segment", "name", "customers", "share", *columns), rows)


def _curve(record: Mapping[str, Any]) -> Table:
    has_use = record["useful_for"] is not None
    rows = [
        (
            f"{count['algorithm']}{' (chosen)' if count['is_chosen'] else ''}",
            str(count["k"]),
            f"{count['silhouette']:.3f} ± {count['silhouette_error']:.3f}",
            f"{count['sampled_silhouette']:.3f} against {count['chance_silhouette']:.3f}"
            f"{'' if count['is_beyond_chance'] else ', by chance'}",
            f"{count['rand_index_min']:.3f}",
            f"{count['rand_index_mean']:.3f}",
            f"{count['smallest_share']:.1%}",
            f"{count['noise_share']:.1%}",
            f"{count['inertia']:,.0f}",
            *("" if count[name] is None else f"{count[name]:,.0f}" for name in ("bic", "aic")),
            *([f"{count['use']:.3f} ± {count['use_error']:.3f}"] if has_use else []),
        )
        for count in record["curve"]
    ]
    heads = (
        "candidate",
        "segments",
        "silhouette",
        "of a sample, by chance",
        "stability, at least",
        "on average",
    )
    more = ("smallest", "in none", "inertia", "BIC", "AIC")
    use = (f"use: variance of {record['useful_for']}",) if has_use else ()
    return Table((*heads, *more, *use), rows)
