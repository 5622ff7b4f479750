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


class LogReporter:
    """Tells Dagster's own log, where the UI shows it."""

    def step(self, context: dg.AssetExecutionContext, name: ProductName, step: str) -> None:
        context.log.info(f"{name}: {step}")

    def done(self, result: BuildResult) -> None:
        """The materialization event says it all."""

    def failed(self, name: InputName, error: MeshError) -> None:
        """The failure event says it all."""
