"""The way a product's rows come about: what any kind of transform must say of itself, and how it is found.

A kind is one class in one file and one line of `TRANSFORMS`, whose names are the files that transforms stand in. It has
a reading half, asked when product folders are read, and a making half, asked when rows are built; nothing outside of it
asks which kind it is. Other distributions add kinds by entry points of the group `meshlake.transforms`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from meshlake.errors import ContractError, Fault
from meshlake.names import DatasetName
from meshlake.plugins import Doorway
from meshlake.products.lineage import ColumnLineage, any_of, select_lineage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from meshlake.contract.model import Contract
    from meshlake.errors import MeshError
    from meshlake.names import InputName, ProductName
    from meshlake.products.lineage import ColumnsOf
    from meshlake.products.pin import Pin
    from meshlake.settings import Settings
    from meshlake.types.tree import Type

CONTRACT_FILE = "contract.odcs.yaml"
EXAMPLES_FILE = "examples.yaml"

# Keys by which landed folders are commonly named by day, besides the product's own column.
_DAY_KEYS = ("dt", "day", "date", "ds")


@dataclass(frozen=True)
class Transform(ABC):
    """One way in which the rows of a product come about.

    `path` is the file it stands in, `inputs` are the products and landed datasets it reads, sorted; `tools` are what it
    is written with, as Dagster's badges name them; `is_daily` says that the rows of one day can be made without those
    of others, `is_model` that versions of a model make them.
    """

    path: Path
    inputs: tuple[InputName, ...]
    tools: ClassVar[frozenset[str]] = frozenset()
    is_daily: ClassVar[bool] = True
    is_model: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, path: Path, contract: Contract) -> Self:
        """The transform that stands in `path`, of the product that `contract` describes; nothing is run.

        Raises:
            ContractError: it is none, with its file.
        """

    @abstractmethod
    def make_rows(self, context: RowsContext) -> Rows:
        """The rows of the product under build; its inputs are bound in the session already.

        Raises:
            MeshError: they cannot be made.
        """

    @property
    def kind(self) -> str:
        """What kind of product it makes when no tag of the contract says so."""
        return "source-aligned" if any(isinstance(name, DatasetName) for name in self.inputs) else "aggregate"

    @property
    def landed(self) -> DatasetName | None:
        """The landed dataset that the product's contract is a contract for, where it is one."""
        return None

    @property
    def queries(self) -> Mapping[str, str]:
        """The SELECTs it runs, by a name of each."""
        return {}

    def faults(
        self,
        contract: Contract,  # noqa: ARG002
        columns: Mapping[str, Mapping[str, Type]],  # noqa: ARG002
    ) -> Iterator[Fault]:
        """What is wrong though it can be read; `columns` are those that each of its `queries` gives, if known."""
        yield from ()

    @property
    def retrain_cron(self) -> str | None:
        """When its rows are made from scratch even if nothing changed."""
        return None

    @property
    def boost_minutes(self) -> float | None:
        """For how long is looked for what makes its rows better when new data was discovered; None is never."""
        return None

    def day_keys(self, contract: Contract, column: str) -> tuple[str, ...]:  # noqa: ARG002
        """The names that the day of an input's landed folders may have, for a product whose day is in `column`."""
        return (column, *_DAY_KEYS)

    def lineage(self, contract: Contract, columns_of: ColumnsOf) -> Mapping[str, ColumnLineage]:
        """Where each column of the contract comes from; of code that is no SQL, any column that its queries give.

        `columns_of` gives the columns of a product or landed dataset, as far as they are known.
        """
        found = [select_lineage(sql, self.inputs, columns_of) for sql in self.queries.values()]
        inputs = any_of(found or [None], self.inputs)
        return {c.name: ColumnLineage(inputs, self.path.name, is_exact=False) for c in contract.columns}

    def unbuilt_select(self, contract: Contract, session: RowsSession) -> str | None:  # noqa: ARG002
        """The SELECT of its rows before any build, its inputs being bound; `None` where only a build can tell."""
        return None


TRANSFORMS: Doorway[type[Transform]] = Doorway(
    "meshlake.transforms",
    "transform",
    {
        CONTRACT_FILE: "meshlake.transforms.source_aligned:SourceAligned",  # where nothing else says how
        "transform.sql": "meshlake.transforms.sql:SqlTransform",
        "transform.py": "meshlake.transforms.python:PythonTransform",
        "model.yaml": "meshlake.transforms.model:ModelTransform",
    },
)


@dataclass(frozen=True)
class Rows:
    """A SELECT of the product's rows. `facts` are told to people, `properties` become part of the snapshot.

    `is_local` says that they were made in this process, so that the session's `local` has to write them. `quarantine`
    are SELECTs, for `local` too, of the values that kept rows out, where the contract quarantines; `explain` puts a
    failure while the rows were written into better words, if it can.
    """

    select: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    is_local: bool = False
    quarantine: Sequence[str] | None = None
    explain: Callable[[MeshError], MeshError] = lambda error: error


class LocalRows(Protocol):
    """The engine in this process, as far as making rows needs it."""

    def register(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow rows readable as the table `name`."""

    def gather(self, name: str, selects: Sequence[str]) -> None:
        """Make the rows of `selects`, read one after the other, readable as the table `name`."""

    def register_parquet(self, name: str, path: str) -> None:
        """Make the Parquet file at `path`, a plain path or an address of a store, readable as the table `name`."""

    def keep_order(self) -> None:
        """From now on read landed rows in the order they stand in, as their numbering needs."""

    def columns(self, select: str) -> dict[str, Type]:
        """Names and types of the columns `select` gives."""

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """All rows of a small answer."""


class RowsSession(Protocol):
    """The engine under a build, as far as making rows needs it; `meshlake.engines.session` describes the whole."""

    @property
    def local(self) -> LocalRows:
        """The engine in this process."""

    def landed_columns(self, name: DatasetName) -> dict[str, Type]:
        """Names, as they landed, and types of the columns of a dataset that is bound."""

    def lineage(self, name: DatasetName) -> Sequence[str]:
        """Parenthesised SELECTs for `local` of parts of a dataset that is bound, each row with its file and number."""

    def columns(self, select: str) -> dict[str, Type]:
        """Names and types of the columns `select` gives."""

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """All rows of a small answer."""

    def table(self, select: str) -> pa.Table:
        """The answer as one Arrow table."""

    def batches(self, select: str) -> pa.RecordBatchReader:
        """The answer as a stream of Arrow batches; the session may be used meanwhile."""


class RowsContext(Protocol):
    """What a build hands to the transform of its product.

    `input_versions` says in which state each input is read, `input_contracts` what each that is a product holds to,
    `published` are the properties of the snapshot that readers see now (none before the first), `protected_in` tells
    which columns of a SELECT are so, `pin` says which version of a model somebody chose to score; `is_forced` asks for
    rows from scratch, `why_retrain` says in words why a model should be trained again, `report` hears one line before
    each longer step.
    """

    @property
    def name(self) -> ProductName: ...
    @property
    def contract(self) -> Contract: ...
    @property
    def protected_in(self) -> Callable[[str, Collection[InputName]], Mapping[str, str]]: ...
    @property
    def code_version(self) -> str: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def session(self) -> RowsSession: ...
    @property
    def input_versions(self) -> Mapping[str, str]: ...
    @property
    def input_contracts(self) -> Mapping[ProductName, Contract]: ...
    @property
    def published(self) -> Mapping[str, str]: ...
    @property
    def pin(self) -> Pin | None: ...
    @property
    def is_forced(self) -> bool: ...
    @property
    def why_retrain(self) -> tuple[str, ...]: ...
    @property
    def run(self) -> str: ...
    @property
    def report(self) -> Callable[[str], None]: ...


def read_text(path: Path) -> str:
    """The text of a file of a product folder.

    Raises:
        ContractError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContractError.of(Fault(path, f"cannot be read: {error.strerror}")) from error
    except UnicodeDecodeError as error:
        hint = "Save the file as UTF-8."
        raise ContractError.of(Fault(path, f"not UTF-8 at byte {error.start}", hint)) from error
