"""The package's pytest plugin, in pytest runs that tests make."""

from __future__ import annotations

from importlib.metadata import entry_points


def plugin_arguments() -> list[str]:
    """What loads it where the package was installed before it had one; else pytest finds it by itself."""
    is_installed = any(point.name == "meshlake" for point in entry_points(group="pytest11"))
    return [] if is_installed else ["-p", "meshlake.pytest_plugin"]
