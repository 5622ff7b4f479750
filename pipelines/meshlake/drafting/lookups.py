"""Lookup products: tables that hide in wide ones, each as a product of its own.

A column that decides others in every row is the key of one, where it is named as a key and nothing that landed has
it for its own. The day that a row breaks it, two rows of one key keep the lookup from being published, and are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import KEY_WORDS, is_identifier, is_spoken
from meshlake.drafting.contract_draft import column_names
from meshlake.drafting.sql_draft import SqlDraft
from meshlake.names import ProductName, name_words, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.dependencies import Dependency

# Of fewer things nobody keeps a table, and where each is in few rows the wide one is it.
_FEWEST_VALUES, _ROWS_PER_VALUE = 5, 3


def lookups_of(profile: DatasetProfile, name: ProductName, referring: Collection[str]) -> Iterator[SqlDraft]:
    """The lookup products that hide in `name`, drafted from `profile`.

    Columns `referring` to another dataset have their lookup there.
    """
    names = column_names(profile)
    for dependency in profile.dependencies:
        if dependency.determinant in referring or not _is_table(dependency):
            continue
        key = names[dependency.determinant]
        others = [names[each.column] for each in dependency.dependents]
        listed = ", ".join(others)
        yield SqlDraft(
            ProductName(name.domain, f"{_stem(key)}_lookup"),
            _sql(name, key, others),
            f"What {key} decides in every row of {name}: {listed}.",
            dict.fromkeys((key, *others), f"As in {name}."),
            (key,),
        )


def _is_table(dependency: Dependency) -> bool:
    name = dependency.determinant
    return (
        dependency.is_exact
        and (is_identifier(name) or is_spoken(name))
        and dependency.value_count >= _FEWEST_VALUES
        and dependency.row_count >= _ROWS_PER_VALUE * dependency.value_count
    )


def _stem(key: str) -> str:
    """What a key is of, by its name.

    Example:
        >>> _stem("city_id"), _stem("sku")
        ('city', 'sku')
    """
    return "_".join(word for word in name_words(key) if word not in KEY_WORDS) or key


def _sql(name: ProductName, key: str, others: list[str]) -> str:
    columns = ",\n    ".join(map(quote_identifier, (key, *others)))
    return (
        f"-- {key} decides the rest in every row of {name}; where one breaks that, {key} is there twice, and\n"
        f"-- the build is not published.\nSELECT DISTINCT\n    {columns}\nFROM {name.sql}\n"
        f"WHERE {quote_identifier(key)} IS NOT NULL\n"
    )
