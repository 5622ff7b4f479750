"""The system tables of what is known of data: what discoveries found, and the columns of products, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.column import Column
from meshlake.discovery.known import remembered
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

_DATASET = Column("dataset", Scalar.VARCHAR, "landing.<domain>.<dataset>, or the name of a table")
_COLUMN = Column("column_name", Scalar.VARCHAR, "As it landed")
_FOUND = (
    Column("fingerprint", Scalar.VARCHAR, "Of the files that it was found in; empty of a table"),
    Column("found_at", Scalar.TIMESTAMPTZ, "When a discovery first found it so"),
    Column("is_current", Scalar.BOOLEAN, "Whether that is what the last discovery of the dataset found"),
)
_DATASETS = (
    _DATASET,
    Column("domain", Scalar.VARCHAR, "The folder, or schema, that it lies in"),
    Column("format", Scalar.VARCHAR, "How its files are written"),
    Column("row_count", Scalar.BIGINT, "Rows read"),
    Column("column_count", Scalar.BIGINT, "Its columns"),
    Column("file_count", Scalar.BIGINT, "Its files"),
    Column("size_bytes", Scalar.BIGINT, "Bytes of its files"),
    Column("likely_key", Scalar.VARCHAR, "The columns that are meant as its key"),
    Column("keys", Scalar.VARCHAR, "JSON: all keys that hold on the rows, the likeliest first"),
    Column("notes", Scalar.VARCHAR, "What was guessed of how its files are written"),
    *_FOUND,
)
_COLUMNS = (
    _DATASET,
    _COLUMN,
    Column("position", Scalar.BIGINT, "From 1 on"),
    Column("type", Scalar.VARCHAR, "What it is, in a contract's words"),
    Column("landed_type", Scalar.VARCHAR, "How it landed"),
    Column(
        "meaning", Scalar.VARCHAR, "What its values are: email, postcode, money ...; null where nothing tells"
    ),
    Column("unit", Scalar.VARCHAR, "Theirs: EUR, kg, % ..."),
    Column("null_share", Scalar.DOUBLE, "The share of rows without a value"),
    Column("distinct_count", Scalar.BIGINT, "How many values, about"),
    Column(
        "top_values", Scalar.VARCHAR, "The most frequent values of a column of few; of persons their shape"
    ),
    Column("personal", Scalar.VARCHAR, "The kind of personal data: email, phone ...; null of others"),
    Column("personal_confidence", Scalar.DOUBLE, "From 0 to 1"),
    Column("personal_evidence", Scalar.VARCHAR, "Why it is taken to be personal"),
    Column(
        "randomised", Scalar.VARCHAR, "What shows that its two groups were drawn at random; null of others"
    ),
    Column("comment", Scalar.VARCHAR, "What a database says of it"),
    Column("question", Scalar.VARCHAR, "What its values leave open"),
    *_FOUND,
)
_JOINS = (
    _DATASET,
    _COLUMN,
    Column("other_dataset", Scalar.VARCHAR, "The dataset that it refers to"),
    Column("other_column_name", Scalar.VARCHAR, "The key that it refers to"),
    Column("containment", Scalar.DOUBLE, "The share of its values that the key has"),
    Column("is_one_to_one", Scalar.BOOLEAN, "Whether both are keys"),
    Column("is_declared", Scalar.BOOLEAN, "Whether a database keeps it"),
    Column("confidence", Scalar.DOUBLE, "From 0 to 1"),
    Column("evidence", Scalar.VARCHAR, "Why it is taken to refer to it"),
    Column("orphan_count", Scalar.BIGINT, "Rows whose value the key has not; null where only estimated"),
    Column("orphan_example", Scalar.VARCHAR, "The value that most of those rows have, of a person its shape"),
    *_FOUND,
)
_LABELS = (
    _DATASET,
    _COLUMN,
    Column("top_values", Scalar.VARCHAR, "Its values, the most frequent first"),
    *_FOUND,
)
_LEAKS = (
    _DATASET,
    Column("column_name", Scalar.VARCHAR, "A column that most likely is known only after the label"),
    Column("label", Scalar.VARCHAR, "The column that may say what could be predicted"),
    Column("evidence", Scalar.VARCHAR, "Why: what its values tell of the label, or its name"),
    Column(
        "roc_auc",
        Scalar.DOUBLE,
        "What it reaches alone, on rows it was not learnt from; null: its name says so",
    ),
    *_FOUND,
)
_DEPENDENCIES = (
    _DATASET,
    Column("column_name", Scalar.VARCHAR, "A column whose values another decides"),
    Column(
        "decided_by", Scalar.VARCHAR, "The column that decides it: together a lookup table that hides here"
    ),
    Column("value_count", Scalar.BIGINT, "How many values that column has"),
    Column("exception_count", Scalar.BIGINT, "Rows where it is otherwise"),
    Column("is_one_to_one", Scalar.BOOLEAN, "Whether each decides the other, without exception"),
    *_FOUND,
)
_OF_PRODUCTS = (
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("column_name", Scalar.VARCHAR, "Its name"),
    Column("position", Scalar.BIGINT, "From 1 on"),
    Column("type", Scalar.VARCHAR, "Its SQL type"),
    Column("description", Scalar.VARCHAR, "What its contract says of it"),
    Column("is_required", Scalar.BOOLEAN, "Whether every row has a value"),
    Column("classification", Scalar.VARCHAR, "Its contract's, else of the strictest column it comes from"),
    Column(
        "classified_by", Scalar.VARCHAR, "The columns that its classification comes from; null: its contract"
    ),
    Column("inputs", Scalar.VARCHAR, "The columns that it comes from, with commas"),
    Column("made_by", Scalar.VARCHAR, "The SQL or the file that makes it; null where it is passed on"),
    Column("is_exact", Scalar.BOOLEAN, "Whether it is made of just these inputs"),
)

Table = tuple["Sequence[Column]", list[dict[str, Any]]]


def known_tables(mesh: Workspace) -> dict[str, Table]:
    """Each table's columns and rows, by its name."""
    states = list(remembered(mesh.settings))
    return {
        "discovered_datasets": (_DATASETS, [state["dataset"] | _found(state) for state in states]),
        "discovered_columns": (_COLUMNS, [*_each(states, "columns")]),
        "discovered_joins": (_JOINS, [*_each(states, "joins")]),
        "discovered_labels": (_LABELS, [*_each(states, "labels")]),
        "discovered_leaks": (_LEAKS, [*_each(states, "leaks")]),
        "discovered_dependencies": (_DEPENDENCIES, [*_each(states, "dependencies")]),
        "columns": (
            _OF_PRODUCTS,
            [row for product in mesh.products.products.values() for row in _product_columns(mesh, product)],
        ),
    }


def _each(states: Sequence[dict[str, Any]], what: str) -> Iterator[dict[str, Any]]:
    for state in states:
        name = {"dataset": state["dataset"]["dataset"]}
        # A state that an earlier release kept has not all of it.
        yield from (row | name | _found(state) for row in state.get(what, ()))


def _found(state: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in ("fingerprint", "found_at", "is_current")}


def _product_columns(mesh: Workspace, product: Product) -> Iterator[dict[str, Any]]:
    classifications = mesh.products.classifications
    classified, lineage = classifications.of(product.name), classifications.lineage(product)
    for position, column in enumerate(product.contract.columns, 1):
        found, made = classified[column.name], lineage.get(column.name)
        yield {
            "product": str(product.name),
            "column_name": column.name,
            "position": position,
            "type": str(column.type),
            "description": column.description or None,
            "is_required": column.is_required,
            "classification": found.word,
            "classified_by": ", ".join(found.inherited_names) or None,
            "inputs": (", ".join(map(str, made.inputs)) or None) if made else None,
            "made_by": made.made_by if made else None,
            "is_exact": made.is_exact if made else None,
        }
