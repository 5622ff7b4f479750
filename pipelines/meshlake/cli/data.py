"""`mesh land`, `mesh discover`: files, or tables, and what is in them."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING

import typer

from meshlake.cli.confirming import YES, confirm
from meshlake.cli.printing import print_json, print_text, size_text
from meshlake.cli.status import status
from meshlake.counting import counted
from meshlake.errors import EXIT_FAILED, UsageError
from meshlake.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meshlake.landing.arrival import LandedFile
    from meshlake.mesh import Mesh


JSON = typer.Option(False, "--json", help="Print the facts as JSON.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(land)
    app.command()(discover)


def land(
    paths: list[Path] = typer.Argument(
        None,
        metavar="PATH...",
        help=f"Files, or folders of files, of a format: {', '.join(FORMATS.members)}.",
    ),
    domain: str | None = typer.Option(None, "--domain", help="The team's namespace, for example crm."),
    dataset: str = typer.Option(None, "--dataset", help="One dataset for all; else each file's name."),
    replace: bool = typer.Option(
        False,
        "--replace",
        help="Let files take the place of those of the same name; others of the dataset stay.",
    ),
    remove: str | None = typer.Option(
        None,
        "--remove",
        metavar="D.N",
        help="Remove files of this dataset: PATH... by their names, else all.",
    ),
    yes: bool = YES,
    as_json: bool = JSON,
) -> None:
    """Copy files as they are into the landing zone, where they can be read at once; replace them, or remove them again.

    Of the files of one dataset that are replaced or removed together, readers and builds see all as they were, or all
    as they are then.

    Examples:

      mesh land customers.csv --domain crm

      mesh land exports/2026/ --domain billing --dataset invoices

      mesh land customers.csv --domain crm --replace

      mesh land --remove crm.customers a.csv --yes
    """
    if remove is not None:
        if domain or dataset or replace:
            raise UsageError("--remove takes its dataset itself", "mesh land --remove D.N [FILE...]")
        _remove(remove, [str(path) for path in paths or ()], is_yes=yes, as_json=as_json)
        return
    if not paths:
        raise UsageError("nothing is named that is to land", "mesh land PATH... --domain NAME")
    if not domain:
        raise UsageError("Missing option '--domain'", "Name the team's: mesh land PATH... --domain NAME")
    _land(paths, domain, dataset, is_replacing=replace, as_json=as_json)


def _land(
    paths: Sequence[Path], domain: str, dataset: str | None, *, is_replacing: bool, as_json: bool
) -> None:
    import meshlake

    mesh = meshlake.open()
    with status("looking at what is to land") as tell:

        def told(file: LandedFile) -> None:
            tell(f"landing {file.name}" if as_json else "")
            if not as_json:
                _print_landed(file)

        landed = mesh.land(paths, domain, dataset, replace=is_replacing, progress=told)
    if as_json:
        print_json(
            [
                {
                    "dataset": str(f.dataset),
                    "file": f.name,
                    "size_bytes": f.size_bytes,
                    "is_new": f.is_new,
                    "is_replaced": f.is_replaced,
                    "damage": f.damage,
                }
                for f in landed
            ]
        )
        return
    names = sorted({str(file.dataset).partition(".")[2] for file in landed})
    if is_replacing:
        _tell_others(mesh, landed, names)
    print_text(f"\nNext: mesh discover {shlex.quote(names[0] if len(names) == 1 else domain)}")


def _tell_others(mesh: Mesh, landed: Sequence[LandedFile], names: Iterable[str]) -> None:
    """That files which were not named have stayed."""
    here = {file.name for file in landed}
    for name in names:
        others = [file for file in mesh.landed_files(name) if file not in here]
        if others:
            print_text(
                f"  {counted(len(others), 'other file')} of landing.{name} "
                f"stay{'' if len(others) > 1 else 's'}: {others[0]}{' ...' if len(others) > 1 else ''}"
            )


def _remove(dataset: str, files: Sequence[str], *, is_yes: bool, as_json: bool) -> None:
    import meshlake

    mesh = meshlake.open()
    chosen = mesh.landed_files(dataset, *files)
    what = chosen[0] if len(chosen) == 1 else f"{len(chosen):,} files of {dataset}"
    confirm(f"Remove {what} from the landing zone?", is_yes=is_yes, is_json=as_json)
    removed = mesh.remove_landed(dataset, *chosen)
    if as_json:
        print_json({"dataset": dataset, "removed": removed})
        return
    for name in removed:
        print(f"- {name}")
    print_text("\nNext: mesh build, which makes what reads it without them")


def discover(
    what: str | None = typer.Argument(
        None, metavar="[D[.N]]", help="A domain or schema, a dataset or table; everything when not given."
    ),
    html: Path | None = typer.Option(
        None, "--html", metavar="FILE", help="Write a page to look at instead; it needs no network."
    ),
    as_json: bool = JSON,
) -> None:
    """Profile what has landed: what columns really hold, keys, joins, personal data, drift, likely labels.

    With MESH_OPERATIONAL set, also the tables of that PostgreSQL; of a large one a sample is read.

    Examples:

      mesh discover

      mesh discover crm.customers

      mesh discover --html discovery.html

      mesh discover operational        # only the tables; `landing` only the files
    """
    import meshlake
    from meshlake.cli.discovered import discovery_facts, print_discovery
    from meshlake.mesh.next_steps import after_discovery

    mesh = meshlake.open()
    if what is None:
        _tell_misplaced(mesh.misplaced_files())
    with status("looking at what has landed") as tell:
        found = mesh.discover(what, progress=tell)
    page = found.write_page(html) if html else None
    if as_json:
        print_json(discovery_facts(found))
    elif page:
        are = "is" if len(found.profiles) == 1 else "are"
        print_text(f"{counted(len(found.profiles), 'dataset')} {are} in {page}: open it in a browser.")
    else:
        print_discovery(found)
        if len(found.profiles) == 1 and not found.failures:
            print_text(f"Next: {after_discovery(mesh.settings, found.profiles[0].name)}")
    for name, error in found.failures.items():
        print(f"mesh: {name}: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"      {error.hint}", file=sys.stderr)
    if found.failures:
        raise typer.Exit(EXIT_FAILED)


def _tell_misplaced(files: Iterable[str]) -> None:
    for file in files:
        print(f"mesh: {file} lies in no dataset's folder, so nothing reads it", file=sys.stderr)
        print("      Move it into <domain>/<dataset>/ of the landing zone.", file=sys.stderr)


def _print_landed(file: LandedFile) -> None:
    state = "" if file.is_new else " (replaced)" if file.is_replaced else " (had landed already)"
    broken = f"\n  broken, so kept aside where it is read: {file.damage}" if file.damage else ""
    print(f"+ {file.dataset}: {file.name}, {size_text(file.size_bytes)}{state}{broken}", flush=True)
