"""A telco operator and a retailer as they landed in ../shared/data, and the simulated operator of `mesh demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

import meshlake
from benchmarks.boosting.task import Task, Told, day
from benchmarks.models.tables import HIDDEN_SHARE, LANDING, plain, telco_mesh
from meshlake.names import snake_case

if TYPE_CHECKING:
    from meshlake.mesh.mesh import Mesh

_SEED = 42
_REPOSITORY = Path(__file__).parents[2]
_RETAIL_HIDDEN = "2011-09-10"
_LABEL, _CUTOFF, _CUSTOMER = "is_churned", "cutoff_date", "customer_id"


def telco(_: Path) -> Task:
    """Five tables of an operator, of which one says who left: nothing of it has a date."""
    status = pd.read_csv(LANDING / "retention/status/status.csv").rename(columns=snake_case)
    _, hidden = train_test_split(
        np.arange(len(status)), test_size=HIDDEN_SHARE, stratify=status["churn_label"], random_state=_SEED
    )
    of_customer = {
        "crm.demographics": pd.read_csv(LANDING / "crm/demographics/demographics.csv"),
        "crm.location": pd.read_json(LANDING / "crm/location/location.jsonl", lines=True),
        "billing.services": pd.read_parquet(LANDING / "billing/services"),
    }
    tables = {name: Told(rows, "Customer ID") for name, rows in of_customer.items()}
    population = pd.read_csv(LANDING / "geo/population/population.csv", thousands=",")
    tables["geo.population"] = Told(population, "Zip Code")
    keyed = ((name, "Customer ID", "", _CUSTOMER) for name in of_customer)
    return Task(
        name="telco, five tables",
        labelled=status,
        dataset="retention.status",
        key=_CUSTOMER,
        label="churn_label",
        cutoff=None,
        is_hidden=np.isin(np.arange(len(status)), hidden),
        tables=tables,
        relations=(*keyed, ("geo.population", "Zip Code", "crm.location", "Zip Code")),
        good="billing.services",
        good_key="Customer ID",
        aims={"default candidates": 0.916},
    )


def retailer(home: Path) -> Task:
    """A retailer's lines of invoices, and who bought nothing in the 90 days after each of eleven cut-offs."""
    mesh = telco_mesh(home)
    mesh.build("retail.churn_labels")
    labelled = plain(
        mesh.sql(
            f"SELECT {_CUSTOMER}, {_CUTOFF}, {_LABEL} FROM retail.churn_labels "
            f"WHERE {_LABEL} IS NOT NULL AND {_CUTOFF} <= DATE '{_RETAIL_HIDDEN}'"
        ).df()
    )
    files = [pd.read_parquet(file) for file in sorted((LANDING / "retail/transactions").glob("*.parquet"))]
    # What the later file calls its columns; the earlier one has text for moments.
    lines = pd.concat([rows.set_axis(files[-1].columns, axis=1) for rows in files], ignore_index=True)
    lines = lines.assign(
        InvoiceDate=pd.to_datetime(lines["InvoiceDate"]), CustomerID=lines["CustomerID"].astype("Int64")
    )
    return _by_day(
        "retailer",
        labelled,
        {"retail.transactions": Told(lines, None, "InvoiceDate")},
        (("retail.transactions", "CustomerID"),),
        aims={"default candidates": 0.775},
    )


def simulated(home: Path) -> Task:
    """What has landed of the operator of `mesh demo`, of its own size, and who cancels in the 30 days after."""
    folder = _REPOSITORY / "data_products"
    mesh = meshlake.open(_REPOSITORY, landing=home / "landing", products=folder, home=home / "home")
    mesh.land_demo()
    mesh.build("retention.churn_features")
    features = mesh.sql(f"SELECT * FROM retention.churn_features WHERE {_LABEL} IS NOT NULL").df()
    tables = {
        "crm.customers": Told(_rows(mesh, "crm.customers"), _CUSTOMER, "signed_up_on", {"cancelled_on": ()}),
        "usage.daily_usage": Told(_rows(mesh, "usage.daily_usage"), None, "used_on"),
        "support.tickets": Told(
            _rows(mesh, "support.tickets"), "ticket_id", "opened_at", {"closed_at": ("satisfaction_score",)}
        ),
        "billing.invoices": Told(_rows(mesh, "billing.invoices"), "invoice_id", "issued_on", {"paid_on": ()}),
    }
    by_hand = plain(features).drop(columns=[_CUSTOMER, _CUTOFF, _LABEL])
    return _by_day(
        "simulated operator",
        features[[_CUSTOMER, _CUTOFF, _LABEL]],
        tables,
        tuple((name, _CUSTOMER) for name in tables),
        by_hand,
    )


def _rows(mesh: Mesh, product: str) -> pd.DataFrame:
    rows: pd.DataFrame = mesh.sql(f"SELECT * FROM {product}").df()
    return plain(rows.assign(**{_LABEL: True})).drop(columns=_LABEL)


def _by_day(
    name: str,
    labelled: pd.DataFrame,
    tables: dict[str, Told],
    columns: tuple[tuple[str, str], ...],
    by_hand: pd.DataFrame | None = None,
    aims: dict[str, float] | None = None,
) -> Task:
    """Customers at cut-offs, of which the last is hidden; `columns` of tables name the customer."""
    order = labelled.sort_values([_CUTOFF, _CUSTOMER]).index
    labelled = labelled.loc[order].reset_index(drop=True)
    labelled = labelled.assign(
        **{_CUTOFF: day(labelled[_CUTOFF]), _LABEL: labelled[_LABEL].astype("boolean")}
    )
    keys = {table: told.key for table, told in tables.items()}
    return Task(
        name=name,
        labelled=labelled,
        dataset="retention.labels",
        key=_CUSTOMER,
        label=_LABEL,
        cutoff=_CUTOFF,
        is_hidden=(labelled[_CUTOFF] == labelled[_CUTOFF].max()).to_numpy(),
        tables=tables,
        relations=tuple(
            (table, column, "", _CUSTOMER) if keys[table] == column else ("", _CUSTOMER, table, column)
            for table, column in columns
        ),
        good=columns[-1][0] if len(columns) == 1 else columns[1][0],
        good_key=columns[-1][1] if len(columns) == 1 else columns[1][1],
        by_hand=None if by_hand is None else by_hand.loc[order].reset_index(drop=True),
        aims=aims or {},
    )
