"""The findings of a mesh's product folders, all of them, product by product."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

from meshlake.engines.engine import open_binder
from meshlake.errors import ContractError, Fault
from meshlake.faults import Gathering
from meshlake.linting.finding import Finding, Gravity
from meshlake.linting.folders import unread_files
from meshlake.linting.statements import Statements
from meshlake.products.classification import Classifications
from meshlake.products.load import load_products, read_transform
from meshlake.products.selection import select
from meshlake.products.transform import CONTRACT_FILE, EXAMPLES_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.linting.statements import Found
    from meshlake.names import InputName, ProductName
    from meshlake.products.load import ProductSet
    from meshlake.products.product import BrokenProduct, Product
    from meshlake.settings import Settings
    from meshlake.types.tree import Type
    from meshlake.workspace import Workspace


def lint_products(settings: Settings, selectors: Collection[str], engine: str) -> list[Finding]:
    """What is wrong in the folders of the products that `selectors` select, or of all, in the order of the files.

    Args:
        settings: those of the mesh; no server that they name is asked, but for `state:modified`.
        selectors: see `meshlake.products.selection`; products that cannot be read are among those they select.
        engine: what it cannot run is an error; what another engine cannot, a warning.

    Raises:
        UsageError: a selector selects nothing, or there is no folder of products.
    """
    loaded = load_products(settings.products)
    names = {*loaded.products, *loaded.broken}
    if selectors:
        names = set(select(selectors, loaded, _modified_in(settings)))
    with ExitStack() as stack:
        linter = _Linter(loaded, stack, engine)
        found = {
            Finding.of(fault, name, gravity)
            for name in sorted(names)
            for fault, gravity in linter.of_product(name)
        }
    return sorted(found, key=lambda each: (each.file, each.line or 0, each.column or 0, each.message))


def _modified_in(settings: Settings) -> Callable[[ProductName], bool]:
    """What `state:modified` asks; the lake, whose import takes a second, is opened when it does, and once."""

    @cache
    def workspace() -> Workspace:
        from meshlake.workspace import open_workspace

        return open_workspace(settings)

    def is_modified(name: ProductName) -> bool:
        from meshlake.building.outdated import is_outdated

        return is_outdated(workspace(), name)

    return is_modified


class _Linter:
    def __init__(self, loaded: ProductSet, stack: ExitStack, engine: str) -> None:
        self._loaded = loaded
        apart = {name: broken.product for name, broken in loaded.broken.items() if broken.product}
        self._read = loaded.products | apart
        self._classifications = Classifications(self._read)
        self._contracts: dict[InputName, Contract] = {n: p.contract for n, p in self._read.items()}
        tables: dict[InputName, Mapping[str, Type]] = {
            name: {column.name: column.type for column in contract.columns}
            for name, contract in self._contracts.items()
        }
        self._statements = Statements(stack.enter_context(open_binder(tables)), tables, engine)

    def of_product(self, name: ProductName) -> Iterator[Found]:
        """All that is wrong in the folder of one product."""
        product, broken = self._read.get(name), self._loaded.broken.get(name)
        if broken is not None:
            yield from _told(broken)
        if product is not None:
            yield from ((note, Gravity.WARNING) for note in product.contract.notes)
            yield from self._of_classifications(product)
            yield from self._statements.of_transform(product.transform, product.contract)
            yield from self._statements.of_rules(product)
        elif broken is not None:
            yield from self._of_transform_alone(broken)
        folder = (product or self._loaded.broken[name]).folder
        yield from unread_files(folder)
        if (folder / EXAMPLES_FILE).exists():
            yield from self._of_examples(folder / EXAMPLES_FILE, product)

    def _of_classifications(self, product: Product) -> Iterator[Found]:
        """The columns that anybody may see by their contract, of what is personal where it comes from."""
        for column, word, stricter, source in self._classifications.loosened(product.name):
            message = f"'{column}' is {word} by its contract, and comes from {source}, which is {stricter}"
            hint = f"Hash or leave out what must not be seen, or classify it as {stricter}."
            yield Fault(product.folder / CONTRACT_FILE, message, hint), Gravity.WARNING

    def _of_transform_alone(self, broken: BrokenProduct) -> Iterator[Found]:
        """The SQL of a product whose contract cannot be read."""
        try:
            transform = read_transform(broken.folder, broken.name, None)
        except ContractError:  # it is among what is told already
            return
        if transform is not None:
            yield from self._statements.of_transform(transform, None)

    def _of_examples(self, path: Path, product: Product | None) -> Iterator[Found]:
        from meshlake.products.examples import check_example, read_examples_file

        found = Gathering(path)
        with found.part():
            for example in read_examples_file(path):
                if product is not None and all(name in self._contracts for name in product.upstream):
                    with found.part():
                        check_example(example, product, self._contracts)
        for fault in found.faults:
            yield fault, Gravity.ERROR


def _told(broken: BrokenProduct) -> Iterator[Found]:
    for fault in broken.error.faults or (Fault(broken.folder, broken.error.message, broken.error.hint),):
        yield fault, Gravity.ERROR
