"""Whether what newly landed for a source-aligned product is like what landed before: told before anything is built.

Of each file that a build took in, what its rows are like is kept beside what failed builds leave; so new files alone
are read, and what was in files that have been replaced is still known.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import merged
from meshlake.audit.shifts import shifts
from meshlake.building.kept_batches import MOST_BATCHES, Compared, KeptBatches, columns_code, short_hash
from meshlake.building.landed_batches import Measurer
from meshlake.building.quality import record_results
from meshlake.engines.engine import open_local
from meshlake.errors import AuditError, LandingError, MeshError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.audit.batches import Batch
    from meshlake.audit.shifts import Shift
    from meshlake.building.context import BuildContext
    from meshlake.landing.zone import Dataset
    from meshlake.products.product import Product
    from meshlake.rules.alike import LandedAlike
    from meshlake.rules.result import CheckResult
    from meshlake.stores import StoredFile
    from meshlake.workspace import Workspace

# Twice each weekday.
_MOST_FILES = 14
# Files of a table's log, which have no rows of their own, lie beside those of its rows.
_MOST_TRIED = 4 * _MOST_FILES
_SHOWN_ROWS, _MOST_ROWS = 3, 20


def refuse_unlike(context: BuildContext) -> Compared | None:
    """Look at what newly landed for the product under build, before its rows are made.

    Raises:
        AuditError: it is not like what landed before, which its contract does not let pass; nor is the build forced.
    """
    files = context.inputs.datasets.get(context.product.transform.landed)  # type: ignore[arg-type]
    found = newly_landed(context.mesh, context.product, files) if files is not None else None
    result = found.result if found is not None else None
    if result is not None and result.is_blocking and not context.is_forced:
        record_results(context.mesh, context.name, context.run, None, [result])
        raise AuditError(
            f"{context.name}: check {result.rule.name} failed: {result.message}",
            "Nothing was built. Land the files again as they should be, or take them as they are: "
            f"mesh build {context.name} --force",
            [result],
        )
    return found


def waiting(mesh: Workspace, product: Product) -> CheckResult | None:
    """Whether what has landed since the last build of `product` is like what landed before; None of nothing."""
    try:
        files = mesh.landing.landed(product.transform.landed).files if product.transform.landed else None
    except LandingError:
        return None
    found = newly_landed(mesh, product, files) if files is not None else None
    return found.result if found is not None else None


def newly_landed(mesh: Workspace, product: Product, files: Dataset) -> Compared | None:
    """Compare what has newly landed in `files`, all that `product` casts, with what landed before; None of nothing new.

    What cannot be compared is told as a difference, and never an error.
    """
    rule = product.landed_rule
    if rule is None:
        return None
    started = time.perf_counter()
    place = f"{mesh.settings.kept('landed')}/{product.name}.json"
    known = KeptBatches.parsed(mesh.settings.store_of(place).read(place), columns_code(product))
    new = [file for file in files.files if _key(file) not in known.files]
    if not new:
        return None
    contract = mesh.products.classifications.contract_of(product)
    with open_local(mesh.settings, str(product.name)) as session:
        try:
            measurer = Measurer(session, files, contract, dict(known.edges))
            before = known.batches or _measured(
                measurer, [file for file in files.files if _key(file) in known.files]
            )
            now = _measured(measurer, new)
            found = shifts(merged(now), before) if now and before else []
            samples = _samples(measurer, new, found)
        except MeshError as error:
            if not known.files:  # there is nothing to compare with: what is wrong is the build's to tell
                return Compared(None, place, None)
            told = f"cannot be compared with what landed before: {error.message}"
            return Compared(rule.result([told], (), time.perf_counter() - started), place, None)
    keys = frozenset(map(_key, files.files))
    kept = KeptBatches(known.code, keys, measurer.edges, (*before, *now)[-MOST_BATCHES:])
    seconds = time.perf_counter() - started
    result = _result(rule, new, found, samples, seconds, measurer.bound) if before else None
    return Compared(result, place, kept)


def _result(
    rule: LandedAlike,
    new: Sequence[StoredFile],
    found: Sequence[Shift],
    samples: Sequence[dict[str, Any]],
    seconds: float,
    bound: str,
) -> CheckResult:
    first = new[0].name.rpartition("/")[2] if len(new) == 1 else f"{len(new)} new files"
    told = [shift.message for shift in found]
    return rule.result([f"{first}: {told[0]}", *told[1:]] if told else [], samples, seconds, bound)


def _measured(measurer: Measurer, files: Sequence[StoredFile]) -> tuple[Batch, ...]:
    """Of many files the last, each by itself; those without rows are left out."""
    found: list[Batch] = []
    for file in [file for file in reversed(files) if file.size_bytes][:_MOST_TRIED]:
        if len(found) < _MOST_FILES and (batch := measurer.measured(file)) is not None:
            found.insert(0, batch)
    return tuple(found)


def _samples(
    measurer: Measurer, new: Sequence[StoredFile], found: Sequence[Shift]
) -> tuple[dict[str, Any], ...]:
    samples: list[dict[str, Any]] = []
    for shift in found:
        for file in new[-_MOST_FILES:]:
            if len(samples) < _MOST_ROWS and (rows := measurer.showing(file, shift, _SHOWN_ROWS)):
                samples += rows
                break
    return tuple(samples)


def _key(file: StoredFile) -> str:
    return short_hash(f"{file.name}\0{file.size_bytes}\0{file.version}")
