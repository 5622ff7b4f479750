"""Run a build in this process with the very definitions that Dagster's UI shows, its events kept in the same place."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dagster import DagsterExecutionInterruptedError

from meshlake.errors import DEFECT_HINT, AuditError, BuildError, UsageError
from meshlake.names import DatasetName
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import BUILD_JOB, asset_key, name_of_op, op_name
from meshlake.orchestration.launcher import own_process_tags
from meshlake.products.graph import with_upstream

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    import dagster as dg

    from meshlake.building.build import BuildResult
    from meshlake.errors import MeshError
    from meshlake.names import InputName, ProductName
    from meshlake.orchestration.reporting import Reporter
    from meshlake.workspace import Workspace

_INTERRUPTED = frozenset(
    {DagsterExecutionInterruptedError.__name__, "KeyboardInterrupt", "InterruptException"}
)
# As `errors.is_interrupt` tells it; of an error that it caught, Dagster keeps the class and what it says.
_BY_SIGNAL = ("RuntimeError", "RuntimeError: Query interrupted")


@dataclass
class BuildOutcome:
    """What came of a whole build: `skipped` are the products that read one that failed."""

    results: list[BuildResult] = field(default_factory=list)
    failures: dict[InputName, MeshError] = field(default_factory=dict)
    skipped: list[ProductName] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether every product asked for is published."""
        return not self.failures and not self.skipped

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts; a failed check brings up to 20 of its rows, and the SQL that finds all."""
        return {
            "built": [result.as_dict() for result in self.results],
            "failed": [
                {"product": str(name), "error": e.message, "hint": e.hint, "checks": _blocking_checks(e)}
                for name, e in self.failures.items()
            ],
            "skipped": [str(name) for name in self.skipped],
        }

    def __str__(self) -> str:
        told = [
            f"{len(self.results)} published",
            f"{len(self.failures)} failed",
            f"{len(self.skipped)} not tried",
        ]
        reasons = [error.message for error in self.failures.values()]
        return "; ".join([", ".join(told), *reasons])


class _Recorder:
    """Passes everything on to the reporter, and keeps it."""

    def __init__(self, reporter: Reporter, outcome: BuildOutcome) -> None:
        self._reporter, self._outcome = reporter, outcome

    def step(self, context: dg.AssetExecutionContext, name: ProductName, step: str) -> None:
        self._reporter.step(context, name, step)

    def done(self, result: BuildResult) -> None:
        self._outcome.results.append(result)
        self._reporter.done(result)

    def failed(self, name: InputName, error: MeshError) -> None:
        self._outcome.failures[name] = error
        self._reporter.failed(name, error)


def run_build(
    mesh: Workspace,
    names: Sequence[ProductName],
    *,
    is_forced: bool,
    reporter: Reporter,
    days: Collection[date] = (),
    is_only: bool = False,
    is_breaking: bool = False,
) -> BuildOutcome:
    """Build `names` and all they need (everything when empty), each failure leaving the others to go on.

    `days` are built of each of `names` in any case; with `is_only` nothing is built but `names`. Being forced
    builds what is held since it was rolled back only where it is among `names`, of which
    alone columns that others read are taken away if the build `is_breaking`.

    Raises:
        UsageError: a name that is no product, `days` for one that is not partitioned by date, or for none by name.
    """
    _refuse_days(mesh, names, days)
    wanted = set(names) if is_only else _wanted(mesh, names)
    outcome = BuildOutcome()
    asked = {name: [day.isoformat() for day in days] for name in names}
    chosen = set(names)
    ops = {
        op_name(n): {
            "config": {
                "is_forced": is_forced,
                "days": asked.get(n, []),
                "keeps_hold": n not in chosen,
                "is_breaking": is_breaking and n in chosen,
            }
        }
        for n in wanted
        if n in mesh.products.products
    }
    run = _run(mesh, wanted, ops, _Recorder(reporter, outcome))
    _keep_defects(run, outcome, reporter)
    finished = {result.name for result in outcome.results} | outcome.failures.keys()
    outcome.skipped = sorted(wanted - finished)
    return outcome


def _run(
    mesh: Workspace, wanted: set[ProductName], ops: Mapping[str, object], reporter: Reporter
) -> dg.ExecuteInProcessResult:
    """The build job, of `wanted` and the datasets they read, with a configuration for each of `ops`.

    Raises:
        KeyboardInterrupt: it was stopped by Ctrl-C between two steps.
    """
    with instance(mesh.settings) as dagster_instance:
        job = mesh_definitions(mesh, reporter, has_partitions=False).resolve_job_def(BUILD_JOB)
        try:
            return job.execute_in_process(
                asset_selection=_selection(mesh, wanted),
                instance=dagster_instance,
                run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                tags=own_process_tags(),
                raise_on_error=False,
            )
        except DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None


def _blocking_checks(error: MeshError) -> list[dict[str, object]]:
    results = error.results if isinstance(error, AuditError) else ()
    return [result.as_dict() for result in results if result.is_blocking]


def _refuse_days(mesh: Workspace, names: Sequence[ProductName], days: Collection[date]) -> None:
    """Refuse unknown names, and days of what is not kept by date; a broken product's build says what it is."""
    if days and not names:
        raise UsageError("days are for products that are named", "Name those whose days are to be built.")
    for name in names:
        if name not in mesh.products.broken and not mesh.products.get(name).is_daily and days:
            raise UsageError(
                f"{name} is not partitioned by date", "Build it without --days, or with --force."
            )


def _keep_defects(run: dg.ExecuteInProcessResult, outcome: BuildOutcome, reporter: Reporter) -> None:
    """A step that failed by anything but a `MeshError` is a defect, and is told as one rather than lost.

    Raises:
        KeyboardInterrupt: the step was stopped by Ctrl-C.
    """
    for event in run.all_events:
        if not event.is_step_failure or event.step_failure_data.user_failure_data is not None:
            continue
        name = name_of_op(str(event.step_key))
        error = event.step_failure_data.error
        cause = error.cause if error and error.cause else error
        text = "" if cause is None else cause.message.strip()
        if cause and (cause.cls_name in _INTERRUPTED or (cause.cls_name, text) == _BY_SIGNAL):
            raise KeyboardInterrupt
        if cause is not None and os.environ.get("MESH_DEBUG"):
            text += "\n" + "".join(cause.stack)
        else:
            text = text.partition("\n")[0]
        outcome.failures[name] = BuildError(f"{name}: {text}", DEFECT_HINT)
        reporter.failed(name, outcome.failures[name])


def _wanted(mesh: Workspace, names: Sequence[ProductName]) -> set[ProductName]:
    if not names:
        return set(mesh.products.products) | set(mesh.products.broken)
    return with_upstream(mesh.products.products, names)


def _selection(mesh: Workspace, wanted: set[ProductName]) -> list[dg.AssetKey]:
    products = [mesh.products.products[name] for name in wanted if name in mesh.products.products]
    datasets = {name for product in products for name in product.reads if isinstance(name, DatasetName)}
    return [asset_key(name) for name in sorted(wanted | datasets, key=str)]
