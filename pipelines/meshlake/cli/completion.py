"""What a shell offers for completion beside commands and options: names of products."""

from __future__ import annotations

from meshlake.errors import MeshError
from meshlake.settings import load_settings


def product_names(incomplete: str) -> list[str]:
    """The products whose names begin so, by their folders: none is read, so that the shell need not wait."""
    try:
        folder = load_settings().products
    except MeshError:  # wrong settings are told by the command itself
        return []
    names = (".".join(path.parent.parts[-2:]) for path in folder.glob("*/*/contract.odcs.yaml"))
    return sorted(name for name in names if name.startswith(incomplete))


def selectors(incomplete: str) -> list[str]:
    """The products and domains that a selector may begin with, `+` before it or not."""
    plus = "+" if incomplete.startswith("+") else ""
    names = product_names(incomplete.removeprefix("+"))
    domains = {name.partition(".")[0] for name in names} if "." not in incomplete else set()
    return [plus + name for name in (*sorted(domains), *names)]
