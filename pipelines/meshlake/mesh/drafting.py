"""What an opened mesh drafts: products of what has landed, of somebody's contract, of what makes a model better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.mesh.model_drafting import ModelDraftingMesh, model_name
from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from meshlake.boosting.accepting import Accepted
    from meshlake.boosting.considered import Boosted
    from meshlake.drafting.product_folder import Drafted
    from meshlake.drafting.redraft import Redrafted
    from meshlake.drafting.whole_mesh import MeshDraft


class DraftingMesh(ModelDraftingMesh):
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

    def boost(
        self,
        product: str,
        label: str,
        *,
        cutoff: str | None = None,
        key: str | None = None,
        churned: str | None = None,
        task: str | None = None,
        is_undated: bool = False,
        minutes: float = 10.0,
        hops: int = 2,
        horizon: int | None = None,
        as_product: str | None = None,
        owner: str | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Boosted:
        """Look in the whole mesh for what makes a model of `product`'s label better, and draft it as a product.

        What is drafted waits until it is accepted. Landed datasets that it reads are adopted.

        Args:
            product: with the label; published, or cast from what has landed.
            label: the column to predict: yes or no, a number, or text of few values.
            cutoff: the column of days that features stop before; else the one of its primary key, if there is one.
            key: the column that tells its rows apart; else its primary key.
            churned: the label's value that means so, if not yes, true or 1.
            task: `churn`, `regression` or `classification`, where the label's values do not say it.
            is_undated: also take tables of which no date says what was known when.
            minutes: how long to look; to write down what is found takes as long as its rows need.
            hops: over how many joins; lookups of lookups over one more.
            horizon: how many days after its cut-off a row's label is known, so what became of others by then.
            as_product: the name of what is drafted; else `<product>_boosted`.
            owner: as in `adopt`.
            progress: told in words what is being done.

        Raises:
            UsageError: there is no such product, column or task, nothing can be learned of the label, too few rows have
                one, or the folder of what is drafted is there already.
        """
        from meshlake.boosting.boost import Search, boost
        from meshlake.boosting.draft import with_draft
        from meshlake.boosting.task import Task

        source = ProductName.parse(product)
        name = model_name(source, as_product, "boosted")
        asked = Task.parse(task) if task else None
        search = Search(label, cutoff, key, churned, is_undated, minutes, hops, horizon, asked)
        return with_draft(
            self.settings, name, owner, lambda: boost(self.settings, source, search, progress), progress
        )

    def boost_model(
        self,
        model: str,
        *,
        is_undated: bool = False,
        minutes: float = 10.0,
        hops: int = 2,
        as_product: str | None = None,
        owner: str | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Boosted:
        """As `boost`, of a model that is there: label, key, cut-off and what it learns from are those of its file.

        What is drafted is named after the product it learns from; accepted, the model learns from it.

        Raises:
            UsageError: it is no model that can be made better, learns from several products, or the folder is there
                already.
        """
        from meshlake.boosting.boost import Search
        from meshlake.boosting.draft import with_model_draft

        search = Search(is_undated=is_undated, minutes=minutes, hops=hops)
        return with_model_draft(self.settings, ProductName.parse(model), search, as_product, owner, progress)

    def accept(self, product: str) -> Accepted:
        """Let a product that waits to be accepted be one, with what waits with it, and its model learn from it.

        Raises:
            UsageError: none waits, one of that name is there already, or the model's file was changed since.
        """
        from meshlake.boosting.accepting import accept

        return accept(self.settings, ProductName.parse(product))
