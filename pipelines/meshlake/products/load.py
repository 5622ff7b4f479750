"""Read product folders from disk: `<products>/<domain>/<product>/`, one product each.

A folder that cannot be read becomes a `BrokenProduct`, so that one mistake never hides the other products.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from meshlake.contract.model import Contract
from meshlake.contract.read import gather_contract
from meshlake.errors import ContractError, Fault, MeshError, UsageError
from meshlake.faults import Gathering
from meshlake.names import ProductName
from meshlake.products.graph import in_cycles
from meshlake.products.inputs import select_inputs
from meshlake.products.places import disagreeing
from meshlake.products.product import BrokenProduct, Product
from meshlake.products.transform import CONTRACT_FILE, TRANSFORMS, read_text
from meshlake.rules.violating_rows import read_checks
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from meshlake.names import DatasetName, InputName
    from meshlake.products.classification import Classifications
    from meshlake.products.protected import ProtectedColumns
    from meshlake.products.transform import Transform
    from meshlake.rules.rule import Rule


@dataclass(frozen=True)
class ProductSet:
    """All products of a mesh, those that cannot be read apart."""

    products: dict[ProductName, Product]
    broken: dict[ProductName, BrokenProduct]

    @cached_property
    def classifications(self) -> Classifications:
        """What each of their columns is classified as, by its contract or by what it comes from."""
        from meshlake.products.classification import Classifications

        return Classifications(self.products)

    @cached_property
    def protected(self) -> ProtectedColumns:
        """Which of their columns are protected, by their contracts or by what they come from."""
        from meshlake.products.protected import ProtectedColumns

        return ProtectedColumns(self.products, self.classifications)

    def get(self, name: ProductName) -> Product:
        """The product called `name`.

        Raises:
            UsageError: when there is none (naming the nearest).
            MeshError: when its folder cannot be read.
        """
        if name in self.products:
            return self.products[name]
        if name in self.broken:
            raise self.broken[name].error
        raise UsageError(f"there is no product {name}", _nearest_product(name, self.products))


def load_products(root: Path) -> ProductSet:
    """Read every product folder below `root`.

    Raises:
        UsageError: when `root` is no folder.
    """
    if not root.is_dir():
        raise UsageError(
            f"there is no folder of products at {root}",
            "Land files and draft products of them (mesh land PATH --domain DOMAIN, then mesh adopt D.N), "
            "begin with an example (mesh init FOLDER), or set MESH_PRODUCTS.",
        )
    products: dict[ProductName, Product] = {}
    broken: dict[ProductName, BrokenProduct] = {}
    for folder in _product_folders(root):
        try:
            product = load_product(folder)
            products[product.name] = product
        except MeshError as error:
            name = _name_or_stand_in(folder)
            broken[name] = BrokenProduct(name, folder, error)
    for name, disagreement in disagreeing(products).items():
        product = products.pop(name)
        broken[name] = BrokenProduct(name, product.folder, disagreement, product)
    _set_aside_cycles(products, broken)
    _set_aside_unknown_inputs(products, broken)
    return ProductSet(products, broken)


def load_describing(root: Path, datasets: Collection[DatasetName]) -> dict[ProductName, Product]:
    """Of the products below `root` those whose contract may be one for `datasets`; no other contract is parsed.

    Those that cannot be read, or that contradict another, say nothing.
    """
    products: dict[ProductName, Product] = {}
    for folder in _product_folders(root) if root.is_dir() else ():
        with suppress(MeshError):
            if any(_may_describe(folder, dataset) for dataset in datasets):
                product = load_product(folder)
                products[product.name] = product
    contradicting = disagreeing(products)
    return {name: product for name, product in products.items() if name not in contradicting}


def _may_describe(folder: Path, dataset: DatasetName) -> bool:
    """Whether the contract names the dataset, or is called as it; behind a backslash YAML can hide any name."""
    if (folder.parent.name, folder.name) == (dataset.domain, dataset.dataset):
        return True
    text = read_text(folder / CONTRACT_FILE)
    return f"{dataset.domain}.{dataset.dataset}" in text or "\\" in text


def load_product(folder: Path) -> Product:
    """Read one product folder.

    Raises:
        ContractError: what cannot be read, in which file.
    """
    name = _product_name(folder)
    found = Gathering(folder)
    contract = None
    if (folder / CONTRACT_FILE).exists():
        contract = gather_contract(folder / CONTRACT_FILE, name, found)
    else:
        hint = f"Every product folder holds one: `mesh adopt {name}` drafts it."
        found.add(ContractError.of(Fault(folder / CONTRACT_FILE, "there is no such file", hint)))
    transform: Transform | None = None
    checks: tuple[Rule, ...] = ()
    with found.part():
        transform = read_transform(folder, name, contract)
    with found.part():
        checks = read_checks(folder / "checks", contract.rules if contract else ())
    check_inputs = _check_inputs(folder, name, contract, found)
    found.settle(f"mesh lint {name}")
    if contract is None or transform is None:  # then something was gathered
        raise AssertionError(folder)
    return Product(
        name=name,
        folder=folder,
        contract=contract,
        transform=transform,
        check_inputs=check_inputs,
        checks=checks,
        code_version=_code_version(folder, transform),
    )


# A query that reads a name with a dot: `{object}` has none, and parsing each query of each contract takes long.
_READS_OTHERS = re.compile(r"\b(?:from|join)\s+[\w\"]+\s*\.", re.IGNORECASE)


def _check_inputs(
    folder: Path, name: ProductName, contract: Contract | None, found: Gathering
) -> tuple[InputName, ...]:
    """What the checks and the contract's queries read besides the product; what cannot be read is gathered."""
    used: set[InputName] = set()
    for path in sorted((folder / "checks").glob("*.sql")):
        with found.part():
            used.update(select_inputs(read_text(path), path))
    for rule in contract.rules if contract is not None else ():
        query = rule.query_of(name.sql)
        if query is not None and _READS_OTHERS.search(str(rule.arguments["query"])):
            with found.part():
                used.update(select_inputs(query, folder / CONTRACT_FILE))
    return tuple(sorted(used - {name}, key=str))


def _product_name(folder: Path) -> ProductName:
    try:
        name = ProductName(folder.parent.name, folder.name)
    except UsageError as error:
        raise ContractError.of(Fault(folder, error.message, f"Rename the folder. {error.hint}")) from error
    if name.is_quarantine:
        raise ContractError.of(Fault(folder, f"'{name}' is the name of a quarantine", "Rename the folder."))
    return name


def _name_or_stand_in(folder: Path) -> ProductName:
    """The product's name; for a folder that cannot name one, a name under which its error can be told."""
    try:
        return _product_name(folder)
    except ContractError:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
        return ProductName("misnamed", f"folder_{digest}")


def _product_folders(root: Path) -> Iterable[Path]:
    for domain in sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith((".", "_"))):
        yield from sorted(p for p in domain.iterdir() if p.is_dir() and not p.name.startswith((".", "_")))


def read_transform(folder: Path, name: ProductName, contract: Contract | None) -> Transform | None:
    """How the product's rows come about; `None` where the contract says so, which cannot be read.

    Raises:
        ContractError: it cannot be read, or is not the only one.
    """
    present = [name for name in TRANSFORMS.names if name != CONTRACT_FILE and (folder / name).exists()]
    if len(present) > 1:
        message = f"has {' and '.join(present)}; a product has one transform"
        raise ContractError.of(Fault(folder, message, "Remove all but one."))
    file = next(iter(present), CONTRACT_FILE)
    if contract is None and file == CONTRACT_FILE:
        return None
    transform = TRANSFORMS.get(file).read(folder / file, contract or Contract.unread(name))
    if transform.landed is None and contract is not None and contract.landing_place is not None:
        message = f"has {file}, so nothing lands for it from the contract's server 'landing'"
        hint = "Let a source-aligned product read the table, and this one read that product."
        raise ContractError.of(Fault(folder, message, hint))
    if name in transform.inputs:
        raise ContractError.of(Fault(folder, f"{name} reads itself", "Let it read something else."))
    return transform


def _code_version(folder: Path, transform: Transform) -> str:
    digest = hashlib.sha256()
    own = {folder / CONTRACT_FILE: None, transform.path: None}  # one file where the contract says all
    for path in (*own, *sorted((folder / "checks").glob("*.sql"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _set_aside_cycles(products: dict[ProductName, Product], broken: dict[ProductName, BrokenProduct]) -> None:
    circle = in_cycles(products)
    for name in circle:
        others = ", ".join(str(n) for n in sorted(circle))
        error = ContractError(
            f"{name} reads itself through others: {others}", "Let one of them read something else."
        )
        product = products[name]
        via = sorted(circle.intersection(product.upstream))[0]
        error.faults = (replace(_fault_of_input(product, via), message=error.message, hint=error.hint),)
        broken[name] = BrokenProduct(name, product.folder, error, product)
    for name in circle:
        del products[name]


def _nearest_product(name: ProductName, known: Iterable[ProductName]) -> str:
    return did_you_mean(str(name), map(str, known), "`mesh list` names them all.")


def _set_aside_unknown_inputs(
    products: dict[ProductName, Product], broken: dict[ProductName, BrokenProduct]
) -> None:
    known = products.keys() | broken.keys()
    for name, product in list(products.items()):
        unknown = [up for up in product.upstream if up not in known]
        if unknown:
            faults = (_fault_of_input(product, up, _nearest_product(up, known)) for up in unknown)
            broken[name] = BrokenProduct(name, product.folder, ContractError.of(*faults), product)
            del products[name]


def _fault_of_input(product: Product, read: ProductName, hint: str | None = None) -> Fault:
    """That `product` reads a product which is none, and where."""
    checks = [*sorted((product.folder / "checks").glob("*.sql")), product.folder / CONTRACT_FILE]
    files = [product.rows_file] if read in product.inputs else checks
    for file in files:
        for line, text in enumerate(read_text(file).splitlines(), start=1):
            code = text.partition("--")[0]
            if written := re.search(rf"\b{read.domain}\"?\.\"?{read.product}\b", code, re.IGNORECASE):
                return Fault(file, f"reads {read}, which is no product", hint, line, written.start() + 1)
    return Fault(files[0], f"reads {read}, which is no product", hint)
