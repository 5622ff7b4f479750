"""`mesh adopt`, `mesh draft`: from what landed, or tables, to drafted products."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations

import typer

from meshlake.cli.drafts import print_all_drafted, print_drafted, print_mesh_draft
from meshlake.cli.status import status
from meshlake.errors import EXIT_FAILED, UsageError

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")
UPDATE = typer.Option(
    [],
    "--update",
    metavar="PART",
    help="Of what is there, take what the data says anew: columns, checks, or all. What people changed stays.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(adopt)
    app.command()(draft)


def adopt(
    dataset: str | None = typer.Argument(
        None, metavar="[D.N]", help="A landed dataset, or a table: schema.table."
    ),
    as_product: str = typer.Option(
        None, "--as", metavar="D.P", help="The product's name; else the dataset's or table's."
    ),
    owner: str = typer.Option(None, "--owner", help="Who answers for it; else git's user.email, else you."),
    key: str | None = typer.Option(
        None, "--key", metavar="row", help="Give rows that have no key one, made of what stands in each."
    ),
    contract: Path | None = typer.Option(
        None,
        "--contract",
        metavar="FILE",
        help="A contract (ODCS 3) instead: a product of each of its tables.",
    ),
    update: list[str] = UPDATE,
    as_json: bool = JSON,
) -> None:
    """Draft a source-aligned product from a landed dataset: a contract that holds for what has landed.

    With --contract from a contract that is there: what is changed in it is told, and the original kept beside it.

    With MESH_OPERATIONAL set, also from a table of that PostgreSQL, which then is the landed dataset.

    Of a product that is there it is told what would be drafted otherwise now, and what people changed since it was.

    Examples:

      mesh adopt crm.customers

      mesh adopt exports.cust_2026 --as crm.customers --owner ana@example.com

      mesh adopt public.orders --as shop.orders   # a table

      mesh adopt billing.invoices --key row   # where no column tells its rows apart

      mesh adopt --contract orders.odcs.yaml --as shop.orders

      mesh adopt crm.customers --update checks   # drafted before: rules as the data is now
    """
    import meshlake

    if contract is not None and key is not None:
        raise UsageError(
            "--contract and --key do not go together", "Write primaryKey or rowKey in the contract."
        )
    if contract is not None and dataset is None:
        print_all_drafted(meshlake.open().adopt_contract(contract, as_product, owner), as_json=as_json)
    elif dataset is not None and contract is None:
        with status(f"reading {dataset}"):
            drafted = meshlake.open().adopt(dataset, as_product, owner, update=update, key=key)
        print_drafted(drafted, as_json=as_json)
    elif dataset is not None:
        hint = f"The contract says which dataset it is of. Name its product with --as {dataset}."
        raise UsageError("a dataset and --contract FILE do not go together", hint)
    else:
        raise UsageError("name a dataset, or --contract FILE", "mesh discover names what has landed.")


def draft(
    what: str | None = typer.Argument(
        None, metavar="[DOMAIN]", help="A domain, schema or dataset; everything when not given."
    ),
    owner: str = typer.Option(None, "--owner", help="Who answers for them; else git's user.email, else you."),
    update: list[str] = UPDATE,
    as_json: bool = JSON,
) -> None:
    """Draft the whole mesh: a product of every dataset that has landed and is none yet.

    One that cannot be read stops no other. At the end stands what a person has to decide: what the data leaves open,
    and what to confirm in the contracts. Of what is there already it is told what would be drafted otherwise now, apart
    from what people changed; nothing of it is changed without --update.

    Examples:

      mesh draft

      mesh draft billing --owner ana@example.com

      mesh draft billing --update checks --update columns   # of products that are there, what the data says anew
    """
    import meshlake

    with status("looking at what has landed") as tell:
        found = meshlake.open().draft(what, owner=owner, update=update, progress=tell)
    print_mesh_draft(found, as_json=as_json)
    if found.failures:
        raise typer.Exit(EXIT_FAILED)
