"""Drafting the profile of segments as a product of its own: how many each has, and what is usual there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.drafting.contract_document import HAS_ROWS, Description, column_facts, document
from meshlake.drafting.model_document import INTEGER, NUMBER, STRING
from meshlake.names import ProductName, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def profile_name(segments: ProductName) -> ProductName:
    """The product that the profile of `segments` is."""
    return ProductName(segments.domain, f"{segments.product}_profile")


def profile_sql(segments: ProductName, features: str, keys: Sequence[str], columns: Iterable[str]) -> str:
    """A row of each segment of what is published: its rows, its share, and the median of each of `columns`.

    `features` is what the segments were made of: a product, or a SELECT.
    """
    source = f"(\n{features.rstrip()}\n)" if len(features.split()) > 1 else features
    medians = ",\n".join(
        f"    MEDIAN(CAST(features.{quote_identifier(name)} AS DOUBLE)) AS {quote_identifier(f'median_{name}')}"
        for name in columns
    )
    on = "\n    AND ".join(
        f"segments.{quote_identifier(key)} = features.{quote_identifier(key)}" for key in keys
    )
    return (
        "-- What is usual in each segment, of the rows that are published.\n"
        "SELECT\n"
        "    segments.segment,\n"
        "    segments.segment_name,\n"
        "    COUNT(*) AS customers,\n"
        "    CAST(COUNT(*) AS DOUBLE) / SUM(COUNT(*)) OVER () AS share,\n"
        f"{medians}\n"
        f"FROM {segments.sql} AS segments\n"
        f"INNER JOIN {source} AS features\n"
        f"    ON {on}\n"
        "GROUP BY\n"
        "    segments.segment,\n"
        "    segments.segment_name\n"
    )


def profile_contract(segments: ProductName, owner: str, columns: Iterable[str]) -> dict[str, Any]:
    """What the profile promises."""
    medians = [
        column_facts(f"median_{name}", NUMBER, f"Median of {name} in the segment.", is_required=False)
        for name in columns
    ]
    segment = column_facts("segment", INTEGER, f"Number of the segment, as in {segments}.")
    return document(
        profile_name(segments),
        owner,
        ("consumer-aligned", "segments"),
        Description(
            purpose=f"What is usual in each segment of {segments}.",
            usage="Choose whom to address; join to the segments on segment.",
            limitations="Medians of the rows as published; names have those of the day the model was trained.",
        ),
        {
            "description": f"Size and medians of each segment of {segments}.",
            "dataGranularityDescription": "One row per segment.",
            "properties": [
                segment | {"primaryKey": True, "primaryKeyPosition": 1},
                column_facts("segment_name", STRING, "The segment in words."),
                column_facts("customers", INTEGER, "How many rows the segment has.", minimum=1),
                column_facts("share", NUMBER, "Their share of all.", minimum=0, maximum=1),
                *medians,
            ],
            "quality": [HAS_ROWS],
        },
    )
