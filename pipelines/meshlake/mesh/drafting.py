"""What an opened mesh drafts: products of what has landed, of somebody's contract, of models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.mesh.versions import VersionedMesh
from meshlake.names import ProductName, snake_case

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from meshlake.boosting.accepting import Accepted
    from meshlake.boosting.considered import Boosted
    from meshlake.drafting.product_folder import Drafted
    from meshlake.drafting.redraft import Redrafted
    from meshlake.drafting.whole_mesh import MeshDraft


class DraftingMesh(VersionedMesh):
    """A mesh that is kept, and drafts more of itself; drafts never overwrite."""

    def adopt(
        self,
        dataset: str,
        as_product: str | None = None,
        owner: str | None = None,
        *,
        update: Collection[str] = (),
        key: str | None = None,
    ) -> Drafted | Redrafted:
        """Draft a source-aligned product from a landed dataset, or a table of the operational database.

        A product that is there is compared with what would be drafted now, edits of people and news of the data apart.

        Args:
            dataset: `domain.dataset`, or `schema.table`; or a product whose folder has `transform.sql` and no contract.
            as_product: the product's name; else the dataset's or table's.
            owner: who answers for it; else git's `user.email`, else the user of this machine.
            update: of a product that is there, take news of the data in these parts: `columns`, `checks`, or `all`.
            key: `row` gives a table that has no key one: what stands in each row, and a number where rows are alike.

        Raises:
            UsageError: there is no such dataset, or the folder is there already and is no product of it.
            LandingError: it cannot be read, or has no rows.
        """
        from meshlake.drafting.adopt import adopt_named

        return adopt_named(self.settings, dataset, as_product, owner, update, key)

    def draft(
        self,
        domain: str | None = None,
        *,
        owner: str | None = None,
        update: Collection[str] = (),
        progress: Callable[[str], None] | None = None,
    ) -> MeshDraft:
        """Draft a product of every dataset that has landed and is none yet; one that cannot be read stops no other.

        Those that are products are compared with what would be drafted now.

        Args:
            domain: only of this domain, schema or dataset; all are read for the joins between them.
            owner: as in `adopt`.
            update: as in `adopt`.
            progress: told in words what is being done.

        Returns:
            What was drafted, what could not be, and what a person has to decide.

        Raises:
            UsageError: nothing has landed, or nothing of that name.

        Example:
            >>> import meshlake
            >>> new = meshlake.open(empty_folder)
            >>> _ = new.land(customers_csv, domain="shop")
            >>> found = new.draft(owner="ana@example.com")
            >>> [str(each.name) for each in found.drafted]
            ['shop.customers']
            >>> new.draft().drafted
            ()
        """
        from meshlake.drafting.whole_mesh import draft_mesh

        return draft_mesh(self.settings, domain, owner, progress or (lambda _: None), update)

    def adopt_contract(
        self, file: str | Path, as_product: str | None = None, owner: str | None = None
    ) -> list[Drafted]:
        """Make a product's folder of each table of somebody's ODCS 3 contract; see `meshlake.drafting`'s function."""
        from meshlake.drafting.contract_adoption import adopt_contract

        return adopt_contract(self.settings, Path(file), as_product, owner)

    def model_churn(
        self,
        product: str,
        label: str,
        *,
        key: str | None = None,
        churned: str | None = None,
        as_product: str | None = None,
        owner: str | None = None,
    ) -> Drafted:
        """Draft a product of predictions of `label`, a yes/no column of `product`.

        Args:
            product: to learn from; it must be published.
            label: the column that says who left.
            key: the column that tells its rows apart; else its primary key.
            churned: the label's value that means churn, if not yes, true or 1.
            as_product: its name; else `<product>_churn`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such column or key, the label is not two-valued, or the folder is there already.
        """
        from meshlake.drafting.churn_draft import draft_churn

        source = ProductName.parse(product)
        name = _model_name(source, as_product, "churn")
        return draft_churn(self.settings, source, name, label, key, churned, owner)

    def model_classification(
        self,
        product: str,
        label: str,
        *,
        key: str | None = None,
        as_product: str | None = None,
        owner: str | None = None,
    ) -> Drafted:
        """Draft a product of predicted classes: which value of `label`, a column of `product`, each row will have.

        Args:
            product: to learn from; it must be published.
            label: the column of text or whole numbers, of few different values, such as why a customer left.
            key: the column that tells its rows apart; else its primary key.
            as_product: its name; else `<product>_<label>`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such column or key, the label has no classes, or the folder is there already.
        """
        from meshlake.drafting.classification_draft import draft_classification

        source = ProductName.parse(product)
        name = _model_name(source, as_product, snake_case(label))
        return draft_classification(self.settings, source, name, label, key, owner)

    def model_regression(
        self,
        product: str,
        label: str,
        *,
        key: str | None = None,
        last_period: str | None = None,
        as_product: str | None = None,
        owner: str | None = None,
    ) -> Drafted:
        """Draft a product of predictions of `label`, a column of numbers of `product`, each with its interval.

        Args:
            product: to learn from; it must be published.
            label: the column of amounts; null where they are not known yet.
            key: the column that tells its rows apart; else its primary key.
            last_period: the column of the same amount in the period before, the rule of thumb.
            as_product: its name; else `<product>_<label>`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such column or key, the label is no number, or the folder is there already.
        """
        from meshlake.drafting.regression_draft import draft_regression

        source = ProductName.parse(product)
        name = _model_name(source, as_product, snake_case(label))
        return draft_regression(self.settings, source, name, label, key, last_period, owner)

    def model_segments(
        self, product: str, *, key: str | None = None, as_product: str | None = None, owner: str | None = None
    ) -> Drafted:
        """Draft a product of segments: groups of the rows of `product` that are alike in its numbers.

        Args:
            product: to learn from; it must be published.
            key: the column that tells its rows apart; else its primary key.
            as_product: its name; else `<product>_segments`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such key, there are no numbers, or the folder is there already.
        """
        from meshlake.drafting.segments_draft import draft_segments

        source = ProductName.parse(product)
        return draft_segments(self.settings, source, _model_name(source, as_product, "segments"), key, owner)

    def boost(
        self,
        product: str,
        label: str,
        *,
        cutoff: str | None = None,
        key: str | None = None,
        churned: str | None = None,
        is_undated: bool = False,
        minutes: float = 10.0,
        as_product: str | None = None,
        owner: str | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Boosted:
        """Look in the whole mesh for what makes a model of `product`'s label better, and draft it as a product.

        What is drafted waits until it is accepted. Landed datasets that it reads are adopted.

        Args:
            product: with the label; published, or cast from what has landed.
            label: the yes/no column to predict.
            cutoff: the column of days that features stop before; else the one of its primary key, if there is one.
            key: the column that tells its rows apart; else its primary key.
            churned: the label's value that means so, if not yes, true or 1.
            is_undated: also take tables of which no date says what was known when.
            minutes: how long to look.
            as_product: the name of what is drafted; else `<product>_boosted`.
            owner: as in `adopt`.
            progress: told in words what is being done.

        Raises:
            UsageError: there is no such product or column, the label is not two-valued, too few rows have one, or the
                folder of what is drafted is there already.
        """
        from meshlake.boosting.boost import Search, boost
        from meshlake.boosting.draft import with_draft

        source = ProductName.parse(product)
        name = _model_name(source, as_product, "boosted")
        search = Search(label, cutoff, key, churned, is_undated, minutes)
        return with_draft(self.settings, name, owner, lambda: boost(self.settings, source, search, progress))

    def boost_model(
        self,
        model: str,
        *,
        is_undated: bool = False,
        minutes: float = 10.0,
        as_product: str | None = None,
        owner: str | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Boosted:
        """As `boost`, of a model that is there: label, key, cut-off and what it learns from are those of its file.

        What is drafted is named after the product it learns from; accepted, the model learns from it.

        Raises:
            UsageError: it is no model of a yes or no, learns from several products, or the folder is there already.
        """
        from meshlake.boosting.boost import Search
        from meshlake.boosting.draft import with_model_draft

        search = Search(is_undated=is_undated, minutes=minutes)
        return with_model_draft(self.settings, ProductName.parse(model), search, as_product, owner, progress)

    def accept(self, product: str) -> Accepted:
        """Let a product that waits to be accepted be one, with what waits with it, and its model learn from it.

        Raises:
            UsageError: none waits, one of that name is there already, or the model's file was changed since.
        """
        from meshlake.boosting.accepting import accept

        return accept(self.settings, ProductName.parse(product))


def _model_name(source: ProductName, as_product: str | None, kind: str) -> ProductName:
    if as_product:
        return ProductName.parse(as_product)
    return ProductName(source.domain, f"{source.product}_{kind}")
