"""The half of `Mesh` that looks at what models were trained, and chooses by hand which of it scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.errors import UsageError
from meshlake.mesh.reading import product_name
from meshlake.mesh.upkeep import KeptMesh
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.page import ModelReport
    from meshlake.models.store import ModelStore, ModelVersion
    from meshlake.models.task import Compared
    from meshlake.models.versions import VersionState
    from meshlake.names import ProductName
    from meshlake.products.pin import Pin
    from meshlake.workspace import Workspace


class VersionedMesh(KeptMesh):
    """An opened mesh whose models' versions can be looked at and chosen."""

    def model_versions(self, product: str | ProductName | None = None) -> list[VersionState]:
        """Every stored version of the model of `product`, or of all models, newest first.

        Raises:
            UsageError: there is no such product, or it is no model.

        Example:
            >>> [version.state for version in mesh.model_versions()]
            []
        """
        from meshlake.models.versions import version_state

        mesh = self.workspace
        every = [each.name for each in mesh.products.products.values() if each.is_model]
        names = [product_name(product)] if product else every
        found = []
        for name in names:
            versions, head = _store(mesh, name).versions(name), _head(mesh, name)
            found += [version_state(name, version, head) for version in reversed(versions)]
        return found

    def model_version(
        self, product: str | ProductName, version: str | None = None
    ) -> tuple[VersionState, Mapping[str, Any]]:
        """A version, else the champion, with all that its record says.

        Raises:
            UsageError: it is no model, or there is no such version.
        """
        from meshlake.models.versions import version_state

        name = product_name(product)
        found = _version(self.workspace, name, version)
        return version_state(name, found, _head(self.workspace, name)), found.record

    def model_report(self, product: str | ProductName, version: str | None = None) -> ModelReport:
        """What a version, else the champion, is worth, on rows it did not learn from: to look at as a page.

        Raises:
            UsageError: it is no model, or there is no such version.
            BuildError: a file of it is not the one that was stored.
        """
        from meshlake.building.model_report import model_report

        name = product_name(product)
        found = _version(self.workspace, name, version)
        return model_report(self.workspace, name, found, _head(self.workspace, name))

    def compare_versions(
        self, product: str | ProductName, version: str, other: str | None = None
    ) -> Compared:
        """How much better `version` is than `other`, else than the champion, on rows that both predicted honestly.

        Raises:
            UsageError: it is a model of no label, there is no such version, or too few rows are in both.
        """
        from meshlake.models.compared import compare_versions

        name = product_name(product)
        return compare_versions(*(_version(self.workspace, name, each) for each in (version, other)))

    def model_performance(self, product: str | ProductName) -> list[dict[str, Any]]:
        """How good the predictions of `product` turned out, by version and period, the newest first.

        Each is a row of `mesh.model_performance`: what was predicted while its label was not known, held against the
        labels that are known since, as of the last build. Empty until any is known.

        Raises:
            UsageError: there is no such product, or it is no model.
        """
        from meshlake.building.performance import performance_rows

        name = product_name(product)
        _store(self.workspace, name)
        return performance_rows(self.workspace.lake, name)

    def pin_model(self, product: str | ProductName, version: str | None = None, *, why: str = "") -> Pin:
        """Have `version`, else the champion, score from the next build on, until `unpin_model`.

        Challengers are trained and compared meanwhile, and kept.

        Raises:
            UsageError: it is no model, there is no such version, or nothing of it is published.
        """
        from meshlake.building.pins import pin_version

        name = product_name(product)
        return pin_version(self.workspace, name, _version(self.workspace, name, version), why)

    def promote_model(self, product: str | ProductName, version: str, *, why: str = "") -> Pin:
        """Have `version` score in the next build, as if it had won: a later challenger may take its place.

        Raises:
            UsageError: as `pin_model`; or it scores already, or was made by another `model.yaml`.
        """
        from meshlake.building.pins import promote_version

        name = product_name(product)
        found = _version(self.workspace, name, version)
        return promote_version(self.workspace, self.workspace.products.get(name), found, why)

    def rollback_model(self, product: str | ProductName, *, why: str = "") -> Pin:
        """Pin the champion before the one that scores now; `rollback` brings its rows of then back instead.

        Raises:
            UsageError: as `pin_model`; or no champion before is known.
        """
        from meshlake.building.pins import pin_version, version_before

        name = product_name(product)
        _store(self.workspace, name)
        found = _version(self.workspace, name, version_before(self.workspace, name))
        return pin_version(self.workspace, name, found, why)

    def unpin_model(self, product: str | ProductName) -> Pin:
        """Let comparisons decide again which version scores; gives the pin that ends.

        Raises:
            UsageError: it is no model, or no version of it is pinned.
        """
        from meshlake.building.pins import unpin_version

        name = product_name(product)
        _store(self.workspace, name)
        return unpin_version(self.workspace, name)


def _store(mesh: Workspace, name: ProductName) -> ModelStore:
    from meshlake.models.store import model_store

    if not mesh.products.get(name).is_model:
        models = [str(each.name) for each in mesh.products.products.values() if each.is_model]
        listed = (
            f"Models are: {', '.join(models)}." if models else "Draft one: mesh model churn D.P --label COL"
        )
        raise UsageError(f"{name} is no model", listed)
    return model_store(mesh.settings)


def _version(mesh: Workspace, name: ProductName, version: str | None) -> ModelVersion:
    from meshlake.models.store import VERSION_PROPERTY

    store, head = _store(mesh, name), _head(mesh, name)
    wanted = version or (head.properties.get(VERSION_PROPERTY) if head else None)
    if wanted is None:
        raise UsageError(f"no version of {name} scores yet", f"Build it: mesh build {name}")
    known = store.names(name)
    found = store.load(name, wanted) if wanted in known else None
    if found is None:
        raise UsageError(
            f"{name} has no version {wanted}", nearest(wanted, known) or f"List them: mesh model list {name}"
        )
    return found


def _head(mesh: Workspace, name: ProductName) -> Snapshot | None:
    return mesh.lake.head((name.domain, name.product))
