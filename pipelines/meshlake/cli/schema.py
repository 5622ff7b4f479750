"""`mesh schema`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(schema)


def schema(
    name: str = typer.Argument(
        "", metavar="NAME", help="contract, model, examples or mesh.", show_default=False
    ),
    is_written: bool = typer.Option(
        False, "--write", help="Write all of them where drafted files look for them: MESH_HOME/schemas."
    ),
) -> None:
    """Print the JSON Schema of a file you write, for your editor or for other tools.

    Examples:

      mesh schema model

      mesh schema --write
    """
    from meshlake.errors import UsageError
    from meshlake.schemas.schemas import SCHEMAS, schema_text, write_schemas
    from meshlake.settings import load_settings

    if is_written:
        for path in write_schemas(load_settings()):
            print(path)
    elif name:
        print(schema_text(name), end="")
    else:
        raise UsageError("no schema is named", f"There are: {', '.join(SCHEMAS)}.")
