"""Whether there is anything to build of a product: its folder or what it reads changed since its last snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.building.causes import causes_between, is_unchanged, parts_now
from meshlake.building.days import plan_days
from meshlake.building.inputs import pin_inputs
from meshlake.building.retraining import retraining_due
from meshlake.errors import BuildError, LandingError
from meshlake.models.store import VERSION_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from meshlake.building.days import DayPlan
    from meshlake.building.inputs import PinnedInputs
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class Due:
    """What there is to build; there is a `plan` where the product is partitioned by date and may have changed."""

    fingerprint: str
    is_unchanged: bool
    plan: DayPlan | None


def due(
    product: Product,
    inputs: PinnedInputs,
    head: Snapshot | None,
    *,
    is_forced: bool = False,
    days: Collection[date] = (),
    keeps_hold: bool = False,
) -> Due:
    """What there is to build of `product` from `inputs`, its published snapshot being `head`.

    Nothing of one that is held where it was rolled back to, as long as its code and inputs are as they were then, or
    what is known to have caused it is: unless it `is_forced` or `days` are asked for, and not even then where the
    build `keeps_hold`.
    """
    fingerprint = inputs.fingerprint(product.code_version)
    is_current = (
        head is not None and head.properties.get("fingerprint") == fingerprint and not _awaits_version(head)
    )
    must_build = is_forced or bool(days)
    hold = head.hold if head is not None else None
    is_held = hold is not None and (
        is_current
        or fingerprint in hold.fingerprints
        or is_unchanged(hold.causes, parts_now(product, inputs))
    )
    if is_held and (keeps_hold or not must_build):
        return Due(fingerprint, True, None)
    if is_current and not must_build:
        return Due(fingerprint, True, None)
    plan = plan_days(product, inputs, head, is_forced=is_forced, asked=days)
    return Due(fingerprint, head is not None and plan is not None and plan.is_unchanged, plan)


def _awaits_version(head: Snapshot) -> bool:
    """Whether another version of its model was chosen than has scored what is published."""
    return head.pin is not None and head.pin.version != head.properties.get(VERSION_PROPERTY)


def is_outdated(mesh: Workspace, name: ProductName) -> bool:
    """Whether a build would make rows of `name` now, or find out why it cannot: as `state:modified` means it.

    What it reads is taken as it is published: a product whose input has yet to be built is not outdated by that.
    """
    product, head = mesh.products.products.get(name), mesh.lake.head((name.domain, name.product))
    if product is None or head is None:
        return True
    try:
        inputs = pin_inputs(mesh, name, product.inputs)
    except (BuildError, LandingError):  # what it was built from is gone
        return True
    retraining = retraining_due(mesh, product)
    is_trained = retraining is not None and retraining.is_acted_on
    return not due(product, inputs, head, is_forced=is_trained).is_unchanged


@dataclass(frozen=True)
class Cause:
    """Of a rollback: the state of code and inputs now, and what made the version that is left another."""

    fingerprint: str | None
    parts: Mapping[str, tuple[str, ...]]


def cause_of(mesh: Workspace, name: ProductName, target: Snapshot, left: Snapshot) -> Cause:
    """Of one from `left` to `target`; nothing is known of it where the code or an input cannot be read now."""
    product = mesh.products.products.get(name)
    if product is None:
        return Cause(None, {})
    try:
        inputs = pin_inputs(mesh, name, product.inputs)
    except (BuildError, LandingError):
        return Cause(None, {})
    return Cause(inputs.fingerprint(product.code_version), causes_between(product, inputs, target, left))
