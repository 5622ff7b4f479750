"""`Mesh`: all that can be done with a mesh, from Python. The commands are these methods, printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import IncompleteBuildError, UsageError
from meshlake.mesh.drafting import DraftingMesh
from meshlake.mesh.opened import selected
from meshlake.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from meshlake.building.volumes import Volume
    from meshlake.demo.files import Progress
    from meshlake.landing.arrival import LandedFile
    from meshlake.mesh.demo import DemoLanded
    from meshlake.names import ProductName
    from meshlake.orchestration.reporting import Reporter
    from meshlake.orchestration.run import BuildOutcome
    from meshlake.rules.result import CheckResult


def open_mesh(folder: str | Path | None = None, /, **settings: str | Path | None) -> Mesh:
    """Open the mesh of a folder; as `meshlake.open`, the beginning of everything.

    What is given here goes before the `MESH_*` variables, those before `mesh.toml` in the folder, that before the
    defaults: `meshlake.open(folder)` is the mesh that the command `mesh` sees in that folder. Nothing is read, asked or
    written before it is needed.

    Args:
        folder: where `mesh.toml` and `data_products/` are; the working folder when not given.
        settings: by the names that `mesh.toml` has for them, such as `home`, `landing`, `engine`, `catalog`; relative
            paths are below `folder`, and what is None is not given.

    Raises:
        UsageError: the folder is not there, or a setting is unknown or cannot be.

    Example:
        >>> import meshlake
        >>> mesh = meshlake.open(folder, home="state", engine="duckdb")
        >>> mesh.settings.home.name
        'state'
        >>> meshlake.open(folder, hoem="state")
        Traceback (most recent call last):
        ...
        meshlake.errors.UsageError: 'hoem' is not a setting (MESH_HOEM or mesh.toml)
        Did you mean home?
    """
    place = None if folder is None else Path(folder).expanduser()
    if place is not None and not place.is_dir():
        raise UsageError(f"there is no folder {place}", "Make it first: mesh init FOLDER")
    chosen = {name: str(value) for name, value in settings.items() if value is not None}
    return Mesh(load_settings(folder=place, chosen=chosen))


class Mesh(DraftingMesh):
    """A mesh, opened. Every method sees its folders, its landing zone and its catalog as they are when it is called.

    Example:
        >>> import meshlake
        >>> new = meshlake.open(empty_folder)
        >>> [file.name for file in new.land(customers_csv, domain="shop")]
        ['shop/customers/customers.csv']
        >>> new.discover("shop.customers").profiles[0].likely_key
        ('id',)
        >>> str(new.adopt("shop.customers", owner="ana@example.com").name)
        'shop.customers'
        >>> new.build().is_complete
        True
        >>> new.sql("SELECT count(*) FROM shop.customers WHERE has_left").fetchall()
        [(10,)]
        >>> drafted = new.model_churn("shop.customers", label="has_left")
        >>> str(drafted.name), drafted.files
        ('shop.customers_churn', ('contract.odcs.yaml', 'model.yaml'))
    """

    def land(
        self,
        paths: str | Path | Iterable[str | Path],
        domain: str,
        dataset: str | None = None,
        *,
        replace: bool = False,
        progress: Callable[[LandedFile], None] | None = None,
    ) -> list[LandedFile]:
        """Copy files, or folders of files, into the landing zone, whole or not at all.

        Args:
            paths: one or several.
            domain: the team's namespace.
            dataset: one dataset for all; else each file's name without its day, month or year, if several share
                it, and in a folder each subfolder's.
            replace: let files take the place of those of the same name, where other content has landed; other files of
                the dataset stay. Who reads or builds sees all of a dataset's files before, or all after.
            progress: told of each file.

        Raises:
            UsageError: `domain` or `dataset` is no name.
            LandingError: a path is missing or cannot be read, or other content has landed under its name.
        """
        from meshlake.health import require_landing
        from meshlake.landing.arrival import land

        require_landing(self.settings)
        self._make_landing()
        many = [paths] if isinstance(paths, str | Path) else paths
        places = [Path(path) for path in many]
        return land(places, self._zone, domain, dataset, progress, is_replacing=replace)

    def build(
        self,
        *products: str | ProductName,
        is_only: bool = False,
        is_forced: bool = False,
        is_breaking: bool = False,
        days: Collection[date] = (),
        reporter: Reporter | None = None,
        has_to_be_complete: bool = True,
    ) -> BuildOutcome:
        """Build the products selected and all they need, or everything; only what changed is rebuilt.

        Args:
            products: as in `select`: names, domains, `tag:NAME` and the like.
            is_only: build exactly these, reading what is published of all others.
            is_forced: build even what has not changed, and train models anew; what is held since it was rolled back,
                where it is itself selected.
            is_breaking: of the products selected, take away, or retype, columns that others read.
            days: of the products selected, build these days even if they have not changed.
            reporter: told of each product; nobody is when not given.
            has_to_be_complete: whether it is an error that a product failed; else the outcome tells.

        Raises:
            IncompleteBuildError: a product failed; the others were built all the same.
            UsageError: a selector selects nothing, or days of a product that is not kept by date.
        """
        from meshlake.building.views import refresh_views
        from meshlake.orchestration.reporting import QuietReporter
        from meshlake.orchestration.run import BuildOutcome, run_build

        if is_only and not products:
            raise UsageError("--only is for products that are named", "Name them: mesh build D.P --only")
        if is_breaking and not products:
            raise UsageError(
                "--breaking is for products that are named", "Name them: mesh build D.P --breaking"
            )
        workspace = self.workspace
        names = selected(workspace, products) if products else []
        if products and not names:  # nothing is modified, and no names are all of them
            return BuildOutcome()
        outcome = run_build(
            workspace,
            names,
            is_forced=is_forced,
            reporter=reporter or QuietReporter(),
            days=days,
            is_only=is_only,
            is_breaking=is_breaking,
        )
        if outcome.results:
            refresh_views(workspace)
        if has_to_be_complete and not outcome.is_complete:
            raise IncompleteBuildError(outcome)
        return outcome

    def check(self, *products: str | ProductName) -> dict[str, tuple[CheckResult, ...]]:
        """Run the checks on what is published now: of the products selected, or of all; the results by product.

        Args:
            products: as in `select`. What a domain, a tag or a glob selects is checked as far as it is published.

        Raises:
            UsageError: a selector selects nothing, or nothing that is published, or a product named never was.
        """
        from meshlake.building.audit import check_published

        workspace = self.workspace
        names, named = workspace.lake.products(), set(map(str, products))
        if products:
            published, chosen = set(names), selected(workspace, products)
            names = [n for n in chosen if n in published or str(n) in named]
            if chosen and not names:
                words = " ".join(sorted(named))
                raise UsageError(f"nothing of {words} is published", f"Run `mesh build {words}`.")
        return {str(name): tuple(r for _, r in check_published(workspace, name)) for name in names}

    def volumes(self, *products: str | ProductName) -> list[Volume]:
        """How many rows the last day or snapshot of each published product has, and how many its history lets expect.

        Args:
            products: as in `select`; all that are published when not given.

        Raises:
            UsageError: a selector selects nothing.

        Example:
            >>> [each.row_count for each in mesh.volumes("shop.customers")]
            [40]
        """
        from meshlake.building.volumes import volume

        workspace = self.workspace
        names = selected(workspace, products) if products else list(workspace.products.products)
        heads = {name: workspace.lake.head((name.domain, name.product)) for name in names}
        return [volume(workspace, workspace.products.get(n), head) for n, head in heads.items() if head]

    def land_demo(
        self,
        customers: int = 20_000,
        days: int = 180,
        usage_until: date | None = None,
        *,
        progress: Progress | None = None,
    ) -> DemoLanded:
        """Land the demo's data, and write its products and questions where the mesh has none.

        Args:
            customers: of the simulated telco operator; the retailer's are always the same.
            days: of daily usage, the last of them 2026-06-30.
            usage_until: leave usage of later days for another call.
            progress: told how far it is, as a share and in words.

        Raises:
            MissingPackageError: the package that carries the retailer's file is not installed.
            UsageError: a number is out of range, or a folder cannot be written.
        """
        from meshlake.mesh.demo import land_demo

        self._make_landing()
        return land_demo(self.settings, customers, days, usage_until, progress)

    def _make_landing(self) -> None:
        """A landing zone below the mesh's home is as little git's as all else there."""
        if Path(self.settings.landing).is_relative_to(self.settings.home):
            self.settings.make_home()
