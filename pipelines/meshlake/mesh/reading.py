"""What can be asked of a mesh: SQL, products and their states, questions, a report."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from meshlake.mesh.finding import FindingMesh
from meshlake.mesh.opened import selected
from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from meshlake.engines.answer import Answer as OpenAnswer
    from meshlake.health import Finding as HealthFinding
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import LandingZone
    from meshlake.linting.finding import Finding
    from meshlake.mesh.answer import Answer, Moment
    from meshlake.mesh.product import DataProduct
    from meshlake.mesh.report import Report
    from meshlake.query.output import Written
    from meshlake.query.questions import Timing
    from meshlake.testing.run import ExampleRun


class ReadMesh(FindingMesh):
    """The half of `Mesh` that changes nothing."""

    def sql(self, query: str, *, as_of: Moment | None = None, engine: str | None = None) -> Answer:
        """Ask the mesh in SQL, DuckDB's dialect; reading only, and only what the mesh holds.

        Args:
            query: one SELECT over products (`crm.customers`), landed datasets (`landing.crm.customers`) and the tables
                that tell of the mesh (`mesh.products`, `mesh.columns`, `mesh.snapshots`, `mesh.quality_results`,
                `mesh.model_versions`, and `mesh.discovered_columns`, `_datasets`, `_joins`, `_labels`,
                `_dependencies`).
            as_of: a time, a snapshot's id or an audit branch; what is published now when not given.
            engine: `duckdb`, `trino` or another; the settings' engine when not given.

        Raises:
            UsageError: the query cannot run, or writes, or reads what is not the mesh's.
            MeshError: a server, a file or the machine fails.

        Example:
            >>> mesh.sql("SELECT plan, count(*) AS customers FROM shop.customers GROUP BY plan ORDER BY plan").dicts()
            [{'plan': 'basic', 'customers': 24}, {'plan': 'plus', 'customers': 16}]
            >>> mesh.sql("SELECT * FROM shop.custommers")
            Traceback (most recent call last):
            ...
            meshlake.errors.UsageError: there is no table shop.custommers
            Did you mean shop.customers?
        """
        from meshlake.formats.unreadable import ReadAgainError
        from meshlake.mesh.answer import hold
        from meshlake.mesh.asking import asked, read_query

        settings = self.settings.on(engine)
        parsed = read_query(settings, query)
        while True:
            with suppress(ReadAgainError), asked(settings, parsed, _as_text(as_of)) as answer:
                return hold(answer)

    def write(
        self,
        query: str,
        target: Path | IO[bytes],
        format_name: str | None = None,
        *,
        as_of: Moment | None = None,
        engine: str | None = None,
    ) -> Written:
        """Write the answer to `query` to a file or an open stream; rows stream, however many they are.

        A file appears whole or not at all.

        Args:
            query: as in `sql`.
            target: the file, or the stream.
            format_name: `csv`, `json`, `jsonl` or `parquet`; else what the file's name ends in.
            as_of: as in `sql`.
            engine: as in `sql`.

        Raises:
            UsageError: as in `sql`; the format is unknown or contradicts the file's name, or its folder is not there.
            MeshError: as in `sql`.

        Example:
            >>> mesh.write("SELECT id, plan FROM shop.customers", folder / "plans.csv").row_count
            40
        """
        from pathlib import Path

        from meshlake.formats.unreadable import ReadAgainError
        from meshlake.query.output import destination, format_for, write_answer

        chosen = format_for(target, format_name)
        while True:
            try:
                with (
                    destination(target) as path,
                    self.asked(query, as_of=as_of, engine=engine, output_path=path) as answer,
                ):
                    return write_answer(answer, chosen, path)
            except ReadAgainError:
                if not isinstance(target, Path):
                    raise  # what has been written to a stream cannot be taken back

    @contextmanager
    def asked(
        self,
        query: str,
        *,
        as_of: Moment | None = None,
        engine: str | None = None,
        output_path: str | None = None,
    ) -> Iterator[OpenAnswer]:
        """`query` about to be answered, for those who read rows as they come: see `meshlake.mesh.asking.asked`."""
        from meshlake.mesh.asking import asked, read_query

        settings = self.settings.on(engine)
        parsed = read_query(settings, query)
        with asked(settings, parsed, _as_text(as_of), output_path) as answer:
            yield answer

    def product(self, name: str | ProductName) -> DataProduct:
        """The product called `name`: rows, contract, history, checks, lineage.

        Raises:
            UsageError: there is none (naming the nearest).
            MeshError: its folder cannot be read.

        Example:
            >>> mesh.product("shop.customers")
            <DataProduct shop.customers: published>
        """
        from meshlake.mesh.product import DataProduct

        return DataProduct(self, self.workspace, product_name(name))

    def history(self, product: str | ProductName) -> list[Snapshot]:
        """The published versions of `product` that are kept, newest first; its folder may be gone.

        Raises:
            UsageError: there is no such product, or it was never published.

        Example:
            >>> [(snapshot.row_count, snapshot.is_current) for snapshot in mesh.history("shop.customers")]
            [(40, True)]
        """
        from meshlake.building.upkeep import history

        return history(self.workspace, product_name(product))

    @property
    def datasets(self) -> list[str]:
        """Every dataset that has landed, as SQL names it.

        Example:
            >>> mesh.datasets
            ['landing.shop.customers']
        """
        zone = self.workspace.landing if self.settings.products.is_dir() else self._zone
        return [str(name) for name in zone.datasets()]

    def misplaced_files(self) -> list[str]:
        """Files of the landing zone that lie in no dataset's folder, so that nothing reads them."""
        return list(self._zone.misplaced_files())

    def test(self, *products: str | ProductName, engine: str | None = None) -> list[ExampleRun]:
        """Run the examples of the products selected, or of all: literal rows through the real transforms.

        Nothing that is published is read or written. An example that cannot be run has failed, with its `error`.

        Args:
            products: as in `select`.
            engine: `duckdb`, `trino` or another; the settings' engine when not given.

        Raises:
            UsageError: a selector selects nothing, or there is no such engine.

        Example:
            >>> [(run.product, run.example, run.is_passed) for run in mesh.test()]
            [('shop.plans', 'customers are counted by plan', True)]
        """
        from meshlake.testing.run import run_examples
        from meshlake.workspace import open_workspace

        workspace = open_workspace(self.settings.on(engine))
        return run_examples(workspace, selected(workspace, products) if products else None)

    def lint(self, *products: str | ProductName, engine: str | None = None) -> list[Finding]:
        """All that is wrong in the folders of the products selected, or of all; nothing is run, no server asked.

        Args:
            products: as in `select`; such as cannot be read are among them.
            engine: SQL that it cannot run is an error, what only others cannot run a warning; the settings' engine when
                not given.

        Raises:
            UsageError: a selector selects nothing, or there is no folder of products.

        Example:
            >>> mesh.lint()
            []
        """
        from meshlake.linting.lint import lint_products

        return lint_products(self.settings, [str(name) for name in products], engine or self.settings.engine)

    def questions(self, *names: str, runs: int = 5) -> list[Timing]:
        """Ask the questions of the mesh's folder of questions, each several times, and measure their answer times.

        Args:
            names: the file names without `.sql`; all when none is given.
            runs: how often each is asked.

        Raises:
            UsageError: there is no such question, or one does not say what it promises.
            MeshError: one cannot be answered.

        Example:
            >>> [timing] = mesh.questions("who_pays_most", runs=2)
            >>> timing.question.text, timing.row_count, timing.is_kept
            ('Who pays most?', 3, True)
        """
        from meshlake.mesh.asking import ask_questions

        return ask_questions(self.settings, names, runs)

    def report(self) -> Report:
        """What is published and what failed, the promises kept and broken, models' metrics, who is most at risk.

        Raises:
            UsageError: nothing is published yet, and no build failed.

        Example:
            >>> [(p["product"], p["checks_passed"] == p["checks"]) for p in mesh.report().products]
            [('shop.customers', True), ('shop.plans', True)]
        """
        from meshlake.mesh.report import make_report

        return make_report(self.workspace)

    def doctor(self) -> list[HealthFinding]:
        """What may keep this mesh from working, on this machine and of the servers that the settings name.

        Each of Python, packages, folders, contracts, catalog, disk, the port of Dagster's UI, and the servers; takes up
        to 15 seconds when a server does not answer.

        Example:
            >>> [finding.problem for finding in mesh.doctor() if "Contracts" in finding.subject]
            [None]
        """
        from meshlake.health import diagnose
        from meshlake.mesh.checkup import examine_machine

        return [*examine_machine(self.settings), *diagnose(self.settings)]

    @property
    def _zone(self) -> LandingZone:
        from meshlake.landing.zone import files_zone

        return files_zone(self.settings)


def product_name(name: str | ProductName) -> ProductName:
    """`name`, read when it is text.

    Raises:
        UsageError: it is no product's name.
    """
    return name if isinstance(name, ProductName) else ProductName.parse(name)


def _as_text(moment: Moment | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat() if isinstance(moment, datetime) else str(moment)
