"""Bringing changed facts into a contract's file as text: lines that say nothing of them stay as people wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from meshlake.drafting.product_folder import Flow, dump_yaml
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.yaml_file import YamlFile

# What a rule says in many words.
_LONG = {"query", "arguments"}


def spliced(source: YamlFile, text: str, wanted: Mapping[str, Any]) -> str:
    """The `text` of `source`, changed so that it says what is `wanted` of the columns and rules of its table.

    Columns that are to be otherwise are written anew, with the comments that stand in them; all other lines stay.

    Raises:
        UsageError: the file is laid out so that this would change more.
    """
    lines = text.splitlines(keepends=True)
    table = _value(_value(source.root, "schema"), 0)
    properties = _value(table, "properties")
    old, new = source.data["schema"][0], wanted["schema"][0]
    items = properties.value if isinstance(properties, yaml.SequenceNode) else []
    edits: list[tuple[int, int, list[str]]] = []
    by_name = {str(each["name"]): each for each in new["properties"]}
    end = _end(lines, properties.end_mark.line if items else 0)
    indent = " " * (items[0].start_mark.column - 2 if items else 0)
    for number, (node, prop) in enumerate(zip(items, old.get("properties") or (), strict=True)):
        first = node.start_mark.line
        last = items[number + 1].start_mark.line if number + 1 < len(items) else end
        wished = by_name.pop(str(prop["name"]), None)
        if wished != prop:
            edits.append((first, last, list(_written(wished, lines[first:last], indent))))
    edits.append((end, end, [line for each in by_name.values() for line in _block([_styled(each)], indent)]))
    changed = (key for key in ("quality", "relationships") if old.get(key) != new.get(key))
    edits += [_of_table(lines, table, key, new.get(key), end) for key in changed]
    for first, last, replacement in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        lines[first:last] = replacement
    result = "".join(lines)
    if not _says(result, wanted):
        raise UsageError(
            f"{source.path} is laid out so that no part of it can be changed alone",
            "Bring the changes into it by hand: they are listed without --update.",
        )
    return result


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return bool(yaml.safe_load(text) == wanted)
    except yaml.YAMLError:
        return False


def _of_table(
    lines: Sequence[str], table: yaml.Node, key: str, wanted: Any, end: int
) -> tuple[int, int, list[str]]:
    """The lines that say `key` of the table, and what takes their place: behind the columns, if there are none."""
    names = [(name, value) for name, value in table.value if name.value == key]
    indent = " " * table.value[0][0].start_mark.column
    written = _block({key: _styled({key: wanted})[key]}, indent) if wanted else []
    if not names:
        return end, end, written
    name, value = names[0]
    first, last = name.start_mark.line, _end(lines, value.end_mark.line)
    return first, last, [*_comments(lines[first:last]), *written]


def _written(prop: Mapping[str, Any] | None, before: Sequence[str], indent: str) -> Iterator[str]:
    """A column anew, the comments above it that stood in it, and what stood behind it; None where it is to go."""
    behind = len(before)
    while behind and _is_no_fact(before[behind - 1]):
        behind -= 1
    yield from _comments(before[:behind])
    if prop is not None:
        yield from _block([_styled(prop)], indent)
    yield from before[behind:]


def _comments(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.lstrip().startswith("#")]


def _is_no_fact(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _end(lines: Sequence[str], line: int) -> int:
    """Where a block ends that YAML has end at `line`: before blank lines and comments, which are the next one's."""
    while line and line <= len(lines) and _is_no_fact(lines[line - 1]):
        line -= 1
    return line


def _block(content: Any, indent: str) -> list[str]:
    is_list = isinstance(content, list)
    text = dump_yaml({"items": content} if is_list else content, len(indent) - 2 * is_list)
    written = text.splitlines(keepends=True)
    if is_list:
        written = [line.removeprefix("  ") for line in written[1:]]
    return [f"{indent}{line}" if line.strip() else line for line in written]


def _styled(facts: Mapping[str, Any]) -> dict[str, Any]:
    """As drafts are written: lists of words or numbers, and short mappings, on one line."""
    styled = {key: _on_one_line(value) for key, value in facts.items()}
    if isinstance(styled.get("logicalTypeOptions"), dict):
        styled["logicalTypeOptions"] = Flow(styled["logicalTypeOptions"])
    return styled


def _on_one_line(value: Any) -> Any:
    if not isinstance(value, list):
        return _styled(value) if isinstance(value, dict) else value
    if not any(isinstance(each, dict | list) for each in value):
        return tuple(value)
    return [_styled(each) if _LONG & each.keys() else Flow(each) for each in value]


def _value(node: yaml.Node, key: str | int) -> Any:
    """What a node holds at `key`; an empty mapping where it does not."""
    if isinstance(key, int):
        return node.value[key]
    return next((value for name, value in node.value if name.value == key), yaml.MappingNode("", []))
