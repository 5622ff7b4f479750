"""What datasets are called on the page."""

from __future__ import annotations


def short(name: str) -> str:
    """`crm.people` of `landing.crm.people`."""
    return name.partition(".")[2] or name


def domain_of(name: str) -> str:
    """`crm` of `landing.crm.people`."""
    return short(name).partition(".")[0]
