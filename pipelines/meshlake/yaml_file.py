"""A YAML file that people write: its data, and the line of every fact, so that errors can point at it.

Only text and positions; what the facts mean is read elsewhere.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.errors import ContractError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from meshlake.validation import Location, Mistake

_MAX_UNFOLDED = 200_000
_TEMPLATE_HINT = "Fill a template in first; a text that begins with { or [ needs quotes."
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class YamlFile:
    """One file as read: its data, a mapping or a list, and the YAML nodes it came from."""

    path: Path
    data: Any
    root: yaml.Node

    def line(self, location: Location) -> int:
        """The line (from 1) of the deepest part of `location` that the file holds."""
        node: yaml.Node = self.root
        line = 1
        for part in location:
            found = _child(node, part)
            if found is not None:
                line, node = found
        return line

    def held(self, location: Location) -> Location:
        """The parts of `location` that the file holds."""
        node, parts = self.root, []
        for part in location:
            if (found := _child(node, part)) is not None:
                _, node = found
                parts.append(part)
        return tuple(parts)

    def text(self, location: Location) -> str | None:
        """The scalar at `location` as it is written, 1.10 with its zero; None where there is none."""
        node: yaml.Node = self.root
        for part in location:
            if (found := _child(node, part)) is None:
                return None
            _, node = found
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def read_as(self, location: Location, meant: str | None) -> None:
        """From now on read the key at `location` as `meant`, unless that is there; without `meant` not at all."""
        data, node = self.data, self.root
        for part in location[:-1]:
            data = data[part]
            if (found := _child(node, part)) is not None:
                _, node = found
        value = data.pop(location[-1])
        if meant is not None and meant not in data:
            data[meant] = value
            for key, _ in node.value:
                if key.value == location[-1]:
                    key.value = meant

    def only(self, key: str, number: int) -> YamlFile:
        """The file as if of the list at `key` this item were all."""
        items = [
            (name, yaml.SequenceNode(value.tag, [value.value[number]], value.start_mark, value.end_mark))
            if name.value == key
            else (name, value)
            for name, value in self.root.value
        ]
        root = yaml.MappingNode(self.root.tag, items, self.root.start_mark, self.root.end_mark)
        return YamlFile(self.path, self.data | {key: [self.data[key][number]]}, root)

    def fault(self, location: Location, message: str, hint: str | None = None) -> Fault:
        """What `message` says of the fact at `location`."""
        return Fault(self.path, message, hint, self.line(location))

    def error(self, location: Location, message: str, hint: str | None = None) -> ContractError:
        """The error that says `message` of the fact at `location`."""
        return ContractError.of(self.fault(location, message, hint))

    def error_of(self, mistakes: Iterable[Mistake], hint: str | None = None) -> ContractError:
        """The error that tells all `mistakes`, a line each, in the order of the file."""
        lines = sorted((self.line(mistake.location), mistake.message) for mistake in mistakes)
        return ContractError.of(*(Fault(self.path, message, line=line) for line, message in lines), hint=hint)


def read_yaml(path: Path, what: str, start: str, *, is_list: bool = False) -> YamlFile:
    """Read a YAML mapping, or a list, in UTF-8.

    Args:
        path: the file.
        what: what it is, with its article, for errors: `a contract`.
        start: a hint for one who writes the first.
        is_list: whether a list is wanted.

    Raises:
        ContractError: when the file is missing, not UTF-8, not YAML, of another shape, or holds a key twice
            or one that is no text.
    """
    text = _text(path)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is not None and "&" in text and "*" in text:
            root = _unfolded(path, root, itertools.count())
        if not isinstance(root, yaml.SequenceNode if is_list else yaml.MappingNode):
            shape = "list" if is_list else "mapping of keys"
            raise ContractError.of(Fault(path, f"not {what}: no {shape}", start, 1))
        if wrong := list(_wrong_keys(path, root)):
            raise ContractError.of(*wrong)
        return YamlFile(path, loader.construct_document(root), root)
    except RecursionError as error:
        raise ContractError.of(Fault(path, "not YAML: it nests too deeply", "Nest it less.", 1)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        hint = "Mend the YAML at or above this line."
        raise ContractError.of(Fault(path, f"not YAML: {error.problem}", hint, line)) from error
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ContractError.of(Fault(path, f"not YAML: {reason}", "Mend the YAML.", 1)) from error
    finally:
        loader.dispose()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        hint = f"Every product folder holds a {path.name}."
        raise ContractError.of(Fault(path, "there is no such file", hint)) from error
    except OSError as error:
        raise ContractError.of(Fault(path, f"cannot be read: {error.strerror}")) from error
    except UnicodeDecodeError as error:
        hint = "Save the file as UTF-8."
        raise ContractError.of(Fault(path, f"not UTF-8 at byte {error.start}", hint)) from error


def _child(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None


def _unfolded(path: Path, node: yaml.Node, number: Iterator[int]) -> yaml.Node:
    """A copy in which what an anchor names stands for itself at each place: a change of one is none of others."""
    if next(number) > _MAX_UNFOLDED:
        message = f"its anchors stand for more than {_MAX_UNFOLDED:,} values"
        raise ContractError.of(Fault(path, message, "Write it without them.", node.start_mark.line + 1))
    value = node.value
    if isinstance(node, yaml.MappingNode):
        value = [tuple(_unfolded(path, part, number) for part in pair) for pair in value]
    elif isinstance(node, yaml.SequenceNode):
        value = [_unfolded(path, part, number) for part in value]
    return type(node)(node.tag, value, node.start_mark, node.end_mark)


def _wrong_keys(path: Path, node: yaml.Node) -> Iterator[Fault]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                yield Fault(
                    path, "a key is a mapping or a list, as {{ ... }} is in YAML", _TEMPLATE_HINT, line
                )
                continue
            if key.value in seen:
                yield Fault(path, f"key '{key.value}' is given twice", "Keep one of them.", line)
            seen.add(key.value)
            yield from _wrong_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _wrong_keys(path, item)
