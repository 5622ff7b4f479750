"""What the site has and nobody writes: the reference, made from the code, and pages from the top of the repository.

A hook of MkDocs (docs/adr/0032). A page here is a function that gives its text, so a build with another version of the
package, or with another distribution's members installed, tells of what is there.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import typer.main
from mkdocs.structure.files import File, Files

import meshlake
from meshlake.cli.commands import app
from meshlake.rules.kinds import KINDS
from meshlake.schemas.schemas import SCHEMAS, json_schema, schema_text
from meshlake.settings import known_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).parents[2]
# Pages that GitHub shows where they lie, by the page of the site that each becomes.
AT_THE_TOP = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "examples/telco/README.md": "examples/telco.md",
}
FILES = {
    "contract": "contract.odcs.yaml",
    "model": "model.yaml",
    "examples": "examples.yaml",
    "mesh": "mesh.toml",
}
_HOW_TO_SAY_IT = "[how to say it](../explanation/architecture.md#the-contract-odcs-one-schema-object)"
_LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]+)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every decision behind the page that lists them."""
    decisions = [f"adr/{path.name}" for path in sorted((REPOSITORY / "docs/adr").glob("[0-9]*.md"))]
    (explanation,) = (entry["Explanation"] for entry in config.nav or [] if "Explanation" in entry)
    (listed,) = (
        entry["Decisions"] for entry in explanation if isinstance(entry, dict) and "Decisions" in entry
    )
    listed.extend(decisions)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those of `docs/`."""
    for source, target in AT_THE_TOP.items():
        files.append(File.generated(config, target, content=_from_the_top(source, target)))
    for target, page in PAGES.items():
        files.append(File.generated(config, target, content=page()))
    for name in SCHEMAS:
        files.append(File.generated(config, f"reference/{name}.schema.json", content=schema_text(name)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_given: Any) -> str:
    """Lead links to the pages at the top, which GitHub finds where they lie, to what they are in the site."""
    folder = PurePosixPath(page.file.src_uri).parent

    def moved(link: re.Match[str]) -> str:
        place = AT_THE_TOP.get(os.path.normpath("docs" / folder / link[1]))
        return f"]({os.path.relpath(place, folder)}" if place else link[0]

    return _LINK.sub(moved, markdown)


def _from_the_top(source: str, target: str) -> str:
    """A page's text with its links as they are from its place in the site."""

    def moved(link: re.Match[str]) -> str:
        path = os.path.normpath(PurePosixPath(source).parent / link[1])
        place = AT_THE_TOP.get(path, path.removeprefix("docs/"))
        return f"]({os.path.relpath(place, PurePosixPath(target).parent)}"

    return _LINK.sub(moved, (REPOSITORY / source).read_text(encoding="utf-8"))


def commands_page() -> str:
    """Every command's `--help`."""
    os.environ["COLUMNS"] = "100"
    helps = [
        f"## {name}\n\n```text\n{text.strip()}\n```\n"
        for name, text in _helps(typer.main.get_command(app), "mesh")
    ]
    return "# Commands\n\nWhat `--help` says of each.\n\n" + "\n".join(helps)


def _helps(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    context = command.context_class(
        command, info_name=name.rpartition(" ")[2], parent=parent, terminal_width=100
    )
    yield name, command.get_help(context)
    for each, inner in sorted(getattr(command, "commands", {}).items()):
        if not inner.hidden:
            yield from _helps(inner, f"{name} {each}", context)


def python_page() -> str:
    """The public names of the package, by mkdocstrings."""
    names = [name for name in meshlake.__all__ if name != "__version__"]
    homes = {name: getattr(meshlake, name) for name in names}
    parts = [f"::: {value.__module__}.{value.__qualname__}\n" for value in homes.values()]
    renamed = "`meshlake.open` is `open_mesh` below, and `meshlake.init` is `init_mesh`."
    return (
        f"# Python\n\nWhat `import meshlake` offers. {renamed}\n\n"
        + "\n".join(parts)
        + "\n::: meshlake.dagster.definitions\n"
    )


def settings_page() -> str:
    """Every setting, as variable and in `mesh.toml`."""
    rows = [f"| `{name}` | `MESH_{name.upper()}` | {told} |" for name, told in known_settings().items()]
    rows.append(
        "| `source_<name>_<option>` | `MESH_SOURCE_<NAME>_<OPTION>` | An option of a source, which the source knows. |"
    )
    return (
        "# Settings\n\n`MESH_*` variables, then `mesh.toml` in the working folder, then defaults.\n\n"
        "| in `mesh.toml` | variable | what |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def rules_page() -> str:
    """Every kind of rule, and the words by which a contract asks for it."""
    parts = []
    for name, kind in KINDS.all().items():
        words = {
            "Options of a column": ", ".join(f"`{each}`" for each in kind.options),
            "Quality item": f"`{kind.quality_type}`" if kind.quality_type else "",
            "Arguments": ", ".join(f"`{each}`" for each in getattr(kind, "takes", ())),
            "Service level": f"`{kind.service_level}`" if kind.service_level else "",
        }
        said = "\n".join(f"- {word}: {value}" for word, value in words.items() if value)
        parts.append(f"## {name}\n\n{inspect.getdoc(kind)}\n\n{said}\n")
    intro = f"What a contract can promise of its rows; {_HOW_TO_SAY_IT}."
    return f"# Rules\n\n{intro}\n\n" + "\n".join(parts)


def files_page() -> str:
    """The files people write, key by key, from their JSON Schemas."""
    parts = []
    for name, file in FILES.items():
        schema = json_schema(name)
        printed = f"[Its JSON Schema]({name}.schema.json), as `mesh schema {name}` prints it."
        parts.append(f"## {file}\n\n{schema.get('description', '')}\n\n{printed}\n")
        parts += _tables({file: schema} | schema.get("$defs", {}))
    return (
        "# Files\n\nWhat editors complete and check, and `mesh` refuses with file and line.\n\n"
        + "\n".join(parts)
    )


def _tables(objects: dict[str, Any]) -> Iterator[str]:
    for name, schema in objects.items():
        if schema.get("properties"):
            rows = [
                f"| `{key}`{' *' if key in schema.get('required', ()) else ''} | {_type(each)} | {_cell(each)} |"
                for key, each in schema["properties"].items()
            ]
            yield (
                f"**{name}** (* required)\n\n| key | type | what |\n|---|---|---|\n" + "\n".join(rows) + "\n"
            )


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema or "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema.get("anyOf", schema.get("oneOf"))))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kinds = schema.get("type", "anything")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _cell(schema: dict[str, Any]) -> str:
    told = " ".join(schema.get("description", "").split())
    told = re.sub(r"([|<\[])", r"\\\1", told)
    default = schema.get("default")
    return told if default in (None, [], {}) else f"{told} Default: `{json.dumps(default)}`."


PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands_page,
    "reference/python.md": python_page,
    "reference/settings.md": settings_page,
    "reference/files.md": files_page,
    "reference/rules.md": rules_page,
}
