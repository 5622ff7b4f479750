"""What an opened mesh drafts of models: products of what they say, each of one product that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.mesh.versions import VersionedMesh
from meshlake.names import ProductName, snake_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.drafting.product_folder import Drafted


class ModelDraftingMesh(VersionedMesh):
    """A mesh that is kept, and drafts models; drafts never overwrite."""

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
        name = model_name(source, as_product, "churn")
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
        name = model_name(source, as_product, snake_case(label))
        return draft_classification(self.settings, source, name, label, key, owner)

    def model_multilabel(
        self,
        product: str,
        labels: Sequence[str],
        *,
        key: str | None = None,
        as_product: str | None = None,
        owner: str | None = None,
    ) -> Drafted:
        """Draft a product of predictions of several yes/no columns of `product`: each, and all together.

        Args:
            product: to learn from; it must be published.
            labels: two to five columns, such as who left and who is worth much.
            key: the column that tells its rows apart; else its primary key.
            as_product: its name; else `<product>_<label>_and_<label>`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such column or key, a label is not two-valued, or the folder is there already.
        """
        from meshlake.drafting.multilabel_draft import draft_multilabel

        source = ProductName.parse(product)
        name = model_name(source, as_product, "_and_".join(map(snake_case, labels)))
        return draft_multilabel(self.settings, source, name, labels, key, owner)

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
        name = model_name(source, as_product, snake_case(label))
        return draft_regression(self.settings, source, name, label, key, last_period, owner)

    def model_survival(
        self,
        product: str,
        label: str,
        *,
        duration: str | None = None,
        start: str | None = None,
        end: str | None = None,
        unit: str = "days",
        event: str | None = None,
        key: str | None = None,
        as_product: str | None = None,
        owner: str | None = None,
    ) -> Drafted:
        """Draft a product of how long it takes until `label`, a yes/no column of `product`, is so.

        Args:
            product: to learn from; it must be published.
            label: the column that says whether the event has come; where it has not, it may still.
            duration: the column of numbers that says how long each row was followed.
            start: instead of it the column of dates from when on, with `end`, the one until when.
            end: see `start`.
            unit: what `duration` is in: days, weeks, months or years.
            event: the label's value that means so, if not yes, true or 1.
            key: the column that tells its rows apart; else its primary key.
            as_product: its name; else `<product>_survival`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such column, value or key, a column is no time, or the folder is there already.
        """
        from meshlake.drafting.survival_draft import Event, draft_survival

        source = ProductName.parse(product)
        name = model_name(source, as_product, "survival")
        asked = Event(label, event, duration, start, end, unit)
        return draft_survival(self.settings, source, name, asked, key, owner)

    def model_uplift(
        self,
        product: str,
        treatment: str,
        label: str,
        *,
        key: str | None = None,
        treated: str | None = None,
        untreated: str | None = None,
        outcome: str | None = None,
        aim: str | None = None,
        benefit: str | None = None,
        cost: str | None = None,
        as_product: str | None = None,
        owner: str | None = None,
    ) -> Drafted:
        """Draft a product of whom a treatment changes: what it does to `label`, and who is to be treated.

        Args:
            product: with the rows of an experiment; it must be published.
            treatment: the column that says who was treated, drawn at random.
            label: the yes/no column of the outcome.
            key: the column that tells its rows apart; else its primary key.
            treated: the treatment's value that means treated, if not yes, true or 1.
            untreated: the one that means not treated, where there are more than two; others are left out.
            outcome: the label's value that means so, if not yes, true or 1.
            aim: `more` or `less` of the label; else less where it is about leaving.
            benefit: what one more outcome that is aimed at is worth, a number or a column; with `cost`.
            cost: what a treatment costs, a number or a column.
            as_product: its name; else `<product>_uplift`.
            owner: as in `adopt`.

        Raises:
            UsageError: there is no such column, value or key, a column is not two-valued, or the folder is there.
        """
        from meshlake.drafting.uplift_draft import Experiment, draft_uplift

        source = ProductName.parse(product)
        name = model_name(source, as_product, "uplift")
        asked = Experiment(treatment, label, treated, untreated, outcome, aim, benefit, cost)
        return draft_uplift(self.settings, source, name, asked, key, owner)

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
        return draft_segments(self.settings, source, model_name(source, as_product, "segments"), key, owner)


def model_name(source: ProductName, as_product: str | None, kind: str) -> ProductName:
    """What a drafted model of `source` is called: `as_product`, else `<product>_<kind>`."""
    if as_product:
        return ProductName.parse(as_product)
    return ProductName(source.domain, f"{source.product}_{kind}")
