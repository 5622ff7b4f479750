"""Products that follow from newly drafted ones: lookups that hide in them, labels and features made of their events.

Each is drafted only where its SQL gives what it should on the rows that have landed, and only beside what is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.drafting.churn_labels import LABEL, chosen_events, drafts_of, events_of, window_days
from meshlake.drafting.decisions import Decision
from meshlake.drafting.feature_table import bind_rows
from meshlake.drafting.lookups import lookups_of
from meshlake.drafting.sql_draft import draft_sql
from meshlake.engines.engine import open_local
from meshlake.errors import MeshError
from meshlake.names import ProductName
from meshlake.products.load import load_products

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join
    from meshlake.drafting.churn_labels import Events
    from meshlake.drafting.product_folder import Drafted
    from meshlake.drafting.sql_draft import SqlDraft
    from meshlake.settings import Settings


def draft_derived(
    settings: Settings,
    profiles: Mapping[ProductName, DatasetProfile],
    joins: Sequence[Join],
    owner: str | None,
) -> tuple[list[Drafted], list[Decision]]:
    """Draft what follows from the products of `profiles`, which are written; and what people have to decide of it."""
    drafted: list[Drafted] = []
    told: list[Decision] = []
    for name, lookup in _lookups(settings, profiles, joins):
        try:
            drafted.append(draft_sql(settings, lookup, owner))
        except MeshError as error:
            message = f"a lookup of {', '.join(lookup.key)} hides here, and is not drafted: {error.message}"
            told.append(Decision(name, "lookup", lookup.key[0], message))
    events = filter(None, (events_of(profile, name) for name, profile in profiles.items()))
    for each in chosen_events(events):
        if _is_there(settings, each.labels) or _is_there(settings, each.features):
            continue
        try:
            if days := _window_days(settings, each):
                drafted.extend(draft_sql(settings, draft, owner) for draft in drafts_of(each, days))
                told.append(_decision(each, days))
        except MeshError as error:
            message = f"labels of who left could be made of it, and are not all drafted: {error.message}"
            told.append(Decision(each.name, "label", each.who, message))
    return drafted, told


def _lookups(
    settings: Settings, profiles: Mapping[ProductName, DatasetProfile], joins: Iterable[Join]
) -> Iterable[tuple[ProductName, SqlDraft]]:
    """The lookups that are not there yet, each with the product it hides in; the second of a name is named after it."""
    joins = list(joins)
    taken: set[ProductName] = set()
    for name, profile in profiles.items():
        referring = {join.column for join in joins if join.dataset == profile.name}
        for draft in lookups_of(profile, name, referring):
            own = draft.name
            if own in taken:
                own = ProductName(own.domain, f"{name.product}_{own.product}")
            taken.add(own)
            if not _is_there(settings, own):
                yield name, replace(draft, name=own)


def _is_there(settings: Settings, name: ProductName) -> bool:
    return (settings.products / name.domain / name.product).exists()


def _window_days(settings: Settings, events: Events) -> int | None:
    product = load_products(settings.products).get(events.name)
    with open_local(settings, str(events.name)) as session:
        bind_rows(settings, product, session)
        return window_days(session, events)


def _decision(events: Events, days: int) -> Decision:
    return Decision(
        events.features,
        "label",
        LABEL,
        f"means no row of {events.name} in {days} days, as the gaps between rows say; it could be predicted",
        f"mesh model churn {events.features} --label {LABEL}",
    )
