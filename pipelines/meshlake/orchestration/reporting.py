"""Where a build tells how far it is: Dagster's log by default, the terminal under `mesh build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import dagster as dg

    from meshlake.building.build import BuildResult
    from meshlake.errors import MeshError
    from meshlake.names import InputName, ProductName


class Reporter(Protocol):
    """Hears of each product as it is built."""

    def step(self, context: dg.AssetExecutionContext, name: ProductName, step: str) -> None:
        """`name` has got to `step`."""

    def done(self, result: BuildResult) -> None:
        """A product is published, or was so already."""

    def failed(self, name: InputName, error: MeshError) -> None:
        """A product could not be built, or a landed dataset not be read."""


class QuietReporter:
    """Tells nobody: what came of a build is in its outcome."""

    def step(self, context: dg.AssetExecutionContext, name: ProductName, step: str) -> None:
        """Not told."""

    def done(self, result: BuildResult) -> None:
        """Not told."""

    def failed(self, name: InputName, error: MeshError) -> None:
        """Not told."""


class LogReporter(QuietReporter):
    """Tells Dagster's own log how far a build is, where the UI shows it; events say what came of it."""

    def step(self, context: dg.AssetExecutionContext, name: ProductName, step: str) -> None:
        context.log.info(f"{name}: {step}")
