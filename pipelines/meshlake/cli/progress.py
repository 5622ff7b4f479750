"""What `mesh build` shows while it runs and when it has ended."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len
from rich.console import Console
from rich.status import Status

from meshlake.cli.layout import fold_indented
from meshlake.cli.printing import print_table, size_text
from meshlake.cli.status import logged
from meshlake.counting import counted
from meshlake.mesh.report import headline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from meshlake.building.build import BuildResult
    from meshlake.errors import MeshError
    from meshlake.names import InputName, ProductName
    from meshlake.orchestration.run import BuildOutcome

_NARROW_COLUMNS = 80


class TerminalReporter:
    """One line per product as it ends, and what is being done now: on a terminal, and in a log now and then."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=is_quiet, highlight=False)
        self._status = Status("starting", console=self._console)
        self._show: Callable[[str], None] = self._status.update
        self._shown = ExitStack()
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._shown.enter_context(self._status)
        elif not self._console.quiet:
            self._show = self._shown.enter_context(logged(""))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.close()

    def step(self, _context: object, name: ProductName, step: str) -> None:
        """Show what is being done now."""
        self._show(f"{name}: {step}")

    def done(self, result: BuildResult) -> None:
        """One line for a product that is published."""
        if result.hold is not None:
            self._line("=", f"{result.name}", f"held: {result.hold.in_words}")
            self._line(
                " ", "", f"It is built again when its folder or inputs change, or: mesh release {result.name}"
            )
            return
        if not result.is_rebuilt:
            self._line("=", f"{result.name}", "unchanged")
            if due := result.facts.get("retraining"):
                self._line(" ", "", due)
            return
        passed = sum(check.is_passed for check in result.checks)
        rows, size = result.snapshot.row_count, size_text(result.snapshot.size_bytes)
        facts = f"{counted(rows, 'row')}, {size}, {passed}/{len(result.checks)} checks"
        self._line("+", str(result.name), f"{facts}, {result.seconds:.1f} s")
        for check in result.checks:
            if not check.is_passed:
                self._line(" ", "", f"warning: {check.rule.name}: {check.message}")
        for note in _notes(result):
            self._line(" ", "", note)

    def failed(self, name: InputName, error: MeshError) -> None:
        """The error of a product, in one or two lines."""
        self._line("x", str(name), error.message.removeprefix(f"{name}: "))
        if error.hint:
            self._line(" ", "", error.hint)

    def summary(self, outcome: BuildOutcome) -> None:
        """What came of the whole build, models' metrics included."""
        models = [r for r in outcome.results if "model" in r.facts]
        if models:
            rows = [(str(r.name), *_model_row(r)) for r in models]
            self._print("")
            print_table(("model", "version", "algorithm", "measured on", "metrics"), rows)
        built = sum(r.is_rebuilt for r in outcome.results)
        seconds = time.monotonic() - self._started
        held = sum(r.hold is not None for r in outcome.results)
        text = f"\n{built} built, {len(outcome.results) - built - held} unchanged, {len(outcome.failures)} failed"
        if held:
            text += f", {held} held"
        if outcome.skipped:
            names = ", ".join(str(name) for name in outcome.skipped)
            text += f", {len(outcome.skipped)} not built since they read what failed ({names})"
        self._print(f"{text}; {seconds:.1f} s")

    def _line(self, mark: str, name: str, text: str) -> None:
        """Text beside the name, or below where a screen is narrow or it does not fit."""
        beside = f"{mark} {name:<36} {text}"
        if not self._console.is_terminal or self._console.width >= max(cell_len(beside), _NARROW_COLUMNS):
            self._print(beside)
            return
        if name:
            self._print(f"{mark} {name}")
        self._print(f"  {text}")

    def _print(self, text: str) -> None:
        """Lines; on a screen folded between words, so that no name or number is torn apart."""
        for line in text.split("\n"):
            is_screen = self._console.is_terminal
            for part in fold_indented(line, self._console.width) if is_screen else [line]:
                self._console.print(part, markup=False, soft_wrap=True)


def _notes(result: BuildResult) -> Iterator[str]:
    """What a product left out or did without, and what its model is to be doubted for, in words."""
    facts = result.facts
    if (days := facts.get("days_built")) is not None:
        span = days[0] if len(days) == 1 else f"{len(days)} days from {days[0]} to {days[-1]}"
        yield f"built {span}, the others were up to date"
    for name, why in facts.get("held_inputs", {}).items():
        yield f"built from {name} as it is held: {why}"
    if why := facts.get("hold_ended"):
        yield f"no longer held: it had been {why}"
    if rows := facts.get("filtered_rows"):
        yield f"landed rows left out by the contract's rowFilter: {rows:,}"
    if rows := facts.get("quarantined_rows"):
        yield f"landed rows quarantined since values do not fit: {rows:,}, see {result.name.quarantine}"
    if lines := facts.get("unreadable_lines"):
        yield f"landed lines kept aside since they cannot be read: {lines:,}, see {result.name.quarantine}"
    if files := facts.get("unreadable_files"):
        yield f"landed files kept aside whole since they are broken: {files:,}, see {result.name.quarantine}"
    if columns := facts.get("columns_not_in_contract"):
        yield f"landed, but not in the contract: {', '.join(columns)}"
    if columns := facts.get("columns_not_landed"):
        yield f"in the contract, but not landed and so null: {', '.join(columns)}"
    model = facts.get("model", {})
    if retrained := model.get("retrained"):
        yield f"trained again: {'; '.join(retrained['why'])}"
        if failure := retrained["failure"]:
            yield f"warning: that failed, and version {model['version']} goes on scoring: {failure}"
    if challenger := model.get("challenger"):
        mark = "" if challenger["is_promoted"] else "not "
        yield f"version {challenger['version']} was trained and {mark}promoted: {challenger['reason']}"
    if told := facts.get("matured"):
        yield f"earlier predictions: {told}"
    if told := facts.get("retraining"):
        yield told
    for warning in model.get("warnings", ()):
        yield f"warning: {warning}"
    if dropped := model.get("dropped"):
        reasons = "; ".join(f"{column}: {reason}" for column, reason in dropped.items())
        yield f"not learned from: {reasons}"


def _model_row(result: BuildResult) -> tuple[str, str, str, str]:
    model = result.facts["model"]
    return model["version"], model["algorithm"], model["measured_on"], headline(model["metrics"])
