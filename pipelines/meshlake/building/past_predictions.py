"""What earlier snapshots of a model predicted of rows whose label was not known, joined to what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from meshlake.models.frames import to_frame
from meshlake.models.store import VERSION_PROPERTY
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from meshlake.building.context import BuildContext
    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.maturing import Maturing

# Before the name of what was said, since the label or a key may be called the same.
SAID = "mesh_said_"
_MOST_SNAPSHOTS = 100
_LABELS, _OUTCOMES, _PREDICTED = "mesh_labels", "mesh_outcomes", "mesh_predicted"


@dataclass(frozen=True)
class Past:
    """A snapshot of predictions."""

    context: BuildContext
    snapshot: Snapshot

    @cached_property
    def rows_sql(self) -> str:
        """The SELECT of its rows; the catalog is asked for its files."""
        files = self.context.mesh.lake.files(self.snapshot)
        return self.context.session.local.files_select(files, self.snapshot.schema)


def past_predictions(context: BuildContext, maturing: Maturing) -> dict[tuple[str, str], list[Past]]:
    """The snapshots with predictions, the newest first, by version and period; those that say of which rows the label
    was not known then."""
    spec = maturing.spec
    needed = {*spec.row_keys, *maturing.said.values(), "is_labelled"}
    identifier = (context.name.domain, context.name.product)
    found: dict[tuple[str, str], list[Past]] = {}
    for snapshot in context.mesh.lake.history(identifier)[:_MOST_SNAPSHOTS]:
        version = snapshot.properties.get(VERSION_PROPERTY)
        if version is None or not needed <= {field.name for field in snapshot.schema.fields}:
            continue
        past, period = Past(context, snapshot), snapshot.published_at.date().isoformat()
        if spec.cutoff is not None:
            asked = f"SELECT max({quote_identifier(spec.cutoff)}) FROM ({past.rows_sql})"
            ((cutoff,),) = context.session.local.rows(asked)
            if cutoff is None:
                continue
            period = str(cutoff).removesuffix(" 00:00:00")
        found.setdefault((version, period), []).append(past)
    return found


def gather_outcomes(context: BuildContext, maturing: Maturing, features_sql: str) -> None:
    """Have at hand what is known now of all rows, for `joined`."""
    came = ", ".join(map(quote_identifier, maturing.came))
    is_known = " AND ".join(f"{quote_identifier(name)} IS NOT NULL" for name in maturing.known)
    known = f"SELECT DISTINCT {came} FROM (\n{features_sql}\n) WHERE {is_known}"
    # Through Python they go a batch at a time; the table is the engine's.
    local = context.session.local
    local.register(_LABELS, context.session.batches(known))
    local.gather(_OUTCOMES, [f"SELECT * FROM {_LABELS}"])


def joined(context: BuildContext, maturing: Maturing, past: list[Past]) -> tuple[int, pd.DataFrame]:
    """How many rows were predicted, and those whose label is known since, with what was predicted last before it was,
    or first: the columns of `Maturing.came`, and each of `Maturing.said` by its name there behind `SAID`."""
    local = context.session.local
    keys = ", ".join(map(quote_identifier, maturing.spec.row_keys))
    said = _published(maturing, past)
    packed = "".join(f", {quote_identifier(name)} := {quote_identifier(each)}" for name, each in said.items())
    parts = [
        f"SELECT {keys}, struct_pack(mesh_age := {age}{packed}) AS said, {age} AS age "
        f"FROM ({each.rows_sql}) WHERE {maturing.is_open}"
        for age, each in enumerate(past)
    ]
    chosen = "arg_max" if maturing.is_first else "arg_min"
    last = f"SELECT {keys}, {chosen}(said, age) AS said FROM ({' UNION ALL '.join(parts)}) GROUP BY ALL"
    local.gather(_PREDICTED, [last])
    ((predicted_rows,),) = local.rows(f"SELECT count(*) FROM {_PREDICTED}")
    columns = [f"{_OUTCOMES}.{quote_identifier(name)}" for name in maturing.came]
    columns += [
        f"{_PREDICTED}.said.{quote_identifier(name)} AS {quote_identifier(f'{SAID}{name}')}" for name in said
    ]
    select = f"SELECT {', '.join(columns)} FROM {_PREDICTED} JOIN {_OUTCOMES} USING ({keys})"
    return int(str(predicted_rows)), to_frame(local.table(select))


def _published(maturing: Maturing, past: list[Past]) -> Mapping[str, str]:
    """The columns of predictions that are read, by what they are called when they are measured."""
    names = [{field.name for field in each.snapshot.schema.fields} for each in past]
    too = {name: each for name, each in maturing.said_too.items() if all(each in some for some in names)}
    return {**maturing.said, **too}
