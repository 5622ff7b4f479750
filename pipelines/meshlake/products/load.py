"""Read product folders from disk: `<products>/<domain>/<product>/`, one product each.

A folder that cannot be read becomes a `BrokenProduct`, so that one mistake never hides the other products.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.contract.read import read_contract
from meshlake.errors import ContractError, MeshError, UsageError
from meshlake.names import ProductName
from meshlake.products.graph import in_cycles
from meshlake.products.inputs import parse_select, select_inputs
from meshlake.products.places import disagreeing
from meshlake.products.product import BrokenProduct, Product
from meshlake.products.transform import CONTRACT_FILE, TRANSFORMS, read_text
from meshlake.rules.violating_rows import read_checks
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.names import DatasetName
    from meshlake.products.transform import Transform


@dataclass(frozen=True)
class ProductSet:
    """All products of a mesh, those that cannot be read apart."""

    products: dict[ProductName, Product]
    broken: dict[ProductName, BrokenProduct]

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
            f"there is no folder of products at {root}", "Set MESH_PRODUCTS, or make one with `mesh adopt`."
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
        broken[name] = BrokenProduct(name, products.pop(name).folder, disagreement)
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
    contract = read_contract(folder / CONTRACT_FILE, name)
    transform = _read_transform(folder, contract)
    if name in transform.inputs:
        raise ContractError(f"{folder}: {name} reads itself", "Let it read something else.")
    checks = read_checks(folder / "checks", contract.rules)
    check_inputs = {
        used
        for path in sorted((folder / "checks").glob("*.sql"))
        for used in select_inputs(parse_select(read_text(path), path), path)
        if used != name
    }
    return Product(
        name=name,
        folder=folder,
        contract=contract,
        transform=transform,
        check_inputs=tuple(sorted(check_inputs, key=str)),
        checks=checks,
        code_version=_code_version(folder, transform),
    )


def _product_name(folder: Path) -> ProductName:
    try:
        name = ProductName(folder.parent.name, folder.name)
    except UsageError as error:
        raise ContractError(f"{folder}: {error.message}", f"Rename the folder. {error.hint}") from error
    if name.is_quarantine:
        raise ContractError(f"{folder}: '{name}' is the name of a quarantine", "Rename the folder.")
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


def _read_transform(folder: Path, contract: Contract) -> Transform:
    present = [name for name in TRANSFORMS.names if name != CONTRACT_FILE and (folder / name).exists()]
    if len(present) > 1:
        raise ContractError(
            f"{folder}: has {' and '.join(present)}; a product has one transform", "Remove all but one."
        )
    file = next(iter(present), CONTRACT_FILE)
    transform = TRANSFORMS.get(file).read(folder / file, contract)
    if transform.landed is None and contract.landing_place is not None:
        raise ContractError(
            f"{folder}: has {file}, so nothing lands for it from the contract's server 'landing'",
            "Let a source-aligned product read the table, and this one read that product.",
        )
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
        broken[name] = BrokenProduct(name, products[name].folder, error)
    for name in circle:
        del products[name]


def _nearest_product(name: ProductName, known: Iterable[ProductName]) -> str:
    return did_you_mean(str(name), map(str, known), "`mesh list` names them all.")


def _set_aside_unknown_inputs(
    products: dict[ProductName, Product], broken: dict[ProductName, BrokenProduct]
) -> None:
    known = products.keys() | broken.keys()
    for name, product in list(products.items()):
        unknown = next((up for up in product.upstream if up not in known), None)
        if unknown is not None:
            hint = _nearest_product(unknown, known)
            file = product.rows_file if unknown in product.inputs else product.folder / "checks"
            error = ContractError(f"{file}: reads {unknown}, which is no product", hint)
            broken[name] = BrokenProduct(name, product.folder, error)
            del products[name]
