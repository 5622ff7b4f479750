"""The key that a drafted product is given where its rows have none, because its owner asked for one: `--key row`.

What it is made of is told by `meshlake.products.row_key`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.drafting.contract_draft import column_names
from meshlake.drafting.product_folder import Flow
from meshlake.errors import ContractError, UsageError
from meshlake.products.load import load_product

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.drafting.observed import Observed
    from meshlake.names import ProductName
    from meshlake.settings import Settings

_BY_ROW = "row"
_NAME = "row_key"
_SHOWN_PERCENT = 0.01


def is_by_row(key: str | None) -> bool:
    """Whether the word after `--key` asks for it.

    Raises:
        UsageError: it is another word.
    """
    if key in {None, _BY_ROW}:
        return key is not None
    raise UsageError(
        f"--key is '{key}', not row",
        "Write --key row for a key made of each row. Of columns that are a key, write primaryKey in the contract.",
    )


def has_row_key(settings: Settings, name: ProductName) -> bool:
    """Whether product `name` is there, and has such a key."""
    try:
        product = load_product(settings.products / name.domain / name.product)
    except ContractError:
        return False
    return any(column.is_row_key for column in product.contract.columns)


def add_row_key(contract: dict[str, Any], profile: DatasetProfile, observed: Observed | None) -> list[str]:
    """Make a column that is made of all that landed the one key of `contract`; notes on what that means."""
    table = contract["schema"][0]
    taken = set(column_names(profile).values())
    name = next(
        each for each in (_NAME, *(f"{_NAME}_{n}" for n in range(2, len(taken) + 3))) if each not in taken
    )
    for prop in table["properties"]:
        prop.pop("primaryKey", None)
        prop.pop("primaryKeyPosition", None)
    table["dataGranularityDescription"] = "One row per landed row."
    table["properties"] = [_property(name, [column.name for column in profile.columns]), *table["properties"]]
    return [
        f"key: {name}, made of all that stands in a row: a row keeps it as long as it lands as it is, in any file and "
        "place; one whose value changes is another row, with another key",
        *_alike(observed),
    ]


def _property(name: str, landed: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "logicalType": "string",
        "description": "A digest of all that landed in the row, since nothing in it is a key. It changes when a value "
        "does. Of rows that say just the same the second ends in -2, the third in -3. To let the key stand when a "
        "column changes, such as the label, take that column out of transformSourceObjects.",
        "primaryKey": True,
        "primaryKeyPosition": 1,
        "required": True,
        "customProperties": [Flow(property="rowKey", value=True)],
        "transformSourceObjects": landed,
    }


def _alike(observed: Observed | None) -> list[str]:
    if observed is None or not observed.repeated_share:
        return []
    share = max(observed.repeated_share, _SHOWN_PERCENT)
    return [
        f"question: {share:.2f} % of the rows say just the same as another: are they one, landed twice (then "
        "customProperties: deduplicate), or alike? They are kept, and told apart by a number"
    ]
