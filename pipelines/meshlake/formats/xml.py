"""XML with repeated records: each is a row, its attributes and the texts in it columns, all of them text.

A column is called by the local name, with its prefix before it where one element holds several of that name.

The records are the elements that repeat within one other, those nearest to the root; what is nested in one more deeply
is JSON text. It is read by expat, as a stream, and what a document defines for itself (entities) is refused.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.parsers import expat

from meshlake.errors import LandingError
from meshlake.formats.copied import NOTE, ROWS_OF_A_BATCH, Copied
from meshlake.formats.reader import unique_names

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import BinaryIO

    import pyarrow as pa

_BLOCK_BYTES = 1024 * 1024
_DECLARATION_BYTES = 200
_ENCODING = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z][-\w.:]*)["']""")
# As Python calls them; of other encodings of one byte it makes a table itself.
_KNOWN_TO_EXPAT = ("utf", "ascii", "iso8859", "cp12", "cp4", "cp8", "koi8", "mac")
_MOST_DEEP = 100
_BELOW_ROOT = 2
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
# An attribute that says how to read, and is no data.
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_Cells: TypeAlias = "dict[str, Any]"


class _Xml(Copied):
    name = "xml"
    title = "XML"
    endings = (".xml",)

    @property
    def damages(self) -> tuple[type[Exception], ...]:
        return (*super().damages, expat.ExpatError, LookupError)

    def schema_and_batches(self, name: str, stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        import pyarrow as pa

        outline = _outline(name, stream)
        names: dict[str, None] = {}
        mixed: set[str] = set()
        for row in _rows(name, stream, outline, mixed):
            names.update(dict.fromkeys(row))
        note = "; ".join(filter(None, (outline.note, _mixed_told(mixed))))
        schema = pa.schema([(each, pa.string()) for each in names], {NOTE: note} if note else None)
        return schema, _batches(name, stream, outline, schema)


XML = _Xml()


@dataclass(frozen=True)
class _Outline:
    """The `path` of the elements that are rows, and what each element and attribute is `shown` as."""

    path: tuple[str, ...]
    shown: Mapping[str, str]
    note: str


class _Element:
    """An element of a record: its attributes and the elements in it, by name, and its text."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.parts: dict[str, list[Any]] = {key: [value] for key, value in attributes.items()}
        self.text = ""
        self.has_elements = False

    @property
    def is_mixed(self) -> bool:
        """Whether text stands between elements."""
        return self.has_elements and bool(self.text.strip())

    @property
    def value(self) -> Any:
        """Text alone; or all that is in it."""
        if not self.parts:
            return self.text
        parts = {key: values[0] if len(values) == 1 else values for key, values in self.parts.items()}
        text = self.text.strip() if self.has_elements else self.text
        return parts | ({"": text} if text.strip() else {})


def _parse(name: str, stream: BinaryIO, handlers: dict[str, Callable[..., None]]) -> Iterator[None]:
    """Read the document from its start; control comes back after each block."""
    stream.seek(0)
    decoder = _decoder(stream.read(_DECLARATION_BYTES))
    parser = expat.ParserCreate("utf-8" if decoder else None, " ")
    parser.buffer_text = True
    parser.EntityDeclHandler = partial(_refuse_entity, name)
    for event, handler in handlers.items():
        setattr(parser, event, handler)
    stream.seek(0)
    while block := stream.read(_BLOCK_BYTES):
        parser.Parse(decoder.decode(block).encode() if decoder else block, False)
        yield
    parser.Parse(b"", True)
    yield


def _decoder(begin: bytes) -> IncrementalDecoder | None:
    """What decodes a document whose encoding expat does not know: those of several bytes, such as Shift_JIS or GBK."""
    declared = _ENCODING.match(begin)
    if declared is None:
        return None
    encoding = codecs.lookup(declared[1].decode())
    is_known = encoding.name.startswith(_KNOWN_TO_EXPAT)
    return None if is_known else encoding.incrementaldecoder()


def _refuse_entity(name: str, *_: object) -> None:
    raise LandingError(f"{name}: it defines entities of its own", "Save it without a DTD.")


def _outline(name: str, stream: BinaryIO) -> _Outline:
    """Which elements are the rows, and what they hold."""
    counts: Counter[tuple[str, ...]] = Counter()
    open_: list[tuple[str, Counter[str]]] = []
    repeated: dict[tuple[str, ...], None] = {}
    # What stands in elements of each name; and the first prefix of each namespace.
    held: dict[str, dict[str, None]] = {}
    prefixes: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_) > _MOST_DEEP:
            raise LandingError(f"{name}: its elements are nested over {_MOST_DEEP} deep", "Make it flat.")
        path = (*(outer for outer, _ in open_), tag)
        if open_:
            open_[-1][1][tag] += 1
            if open_[-1][1][tag] > 1:
                repeated.setdefault(path)
        counts[path] += 1
        open_.append((tag, Counter()))
        held.setdefault(tag, {}).update(dict.fromkeys(attributes))

    def end(tag: str) -> None:
        _, children = open_.pop()
        held[tag].update(dict.fromkeys(children))

    def declare(prefix: str | None, uri: str) -> None:
        prefixes.setdefault(uri, prefix or "")

    handlers: dict[str, Callable[..., None]] = {
        "StartElementHandler": start,
        "EndElementHandler": end,
        "StartNamespaceDeclHandler": declare,
    }
    for _ in _parse(name, stream, handlers):
        pass
    only = [path for path in counts if len(path) == _BELOW_ROOT]
    if not repeated and len(only) == 1 and held[only[0][-1]]:
        told = f"one {_local(only[0][-1])}, taken for a row since no element repeats"
        return _Outline(only[0], _shown(held, prefixes), "; ".join(filter(None, (told, _note(prefixes)))))
    if not repeated:
        raise LandingError(
            f"{name}: no element repeats, so which are the rows cannot be told",
            "Land XML whose records stand one after the other in one element; or the data as JSON or CSV.",
        )
    path = min(repeated, key=lambda path: (len(path), -counts[path]))
    told = "; ".join(filter(None, (_beside_told(path, counts), _note(prefixes))))
    return _Outline(path, _shown(held, prefixes), told)


def _beside_told(path: tuple[str, ...], found: Iterable[tuple[str, ...]]) -> str:
    """Which elements stand beside the rows, at `path`, and those that hold them."""
    holding = [path[:depth] for depth in range(1, len(path) + 1)]
    names = dict.fromkeys(
        _local(each[-1]) for each in found if each[:-1] in holding[:-1] and each not in holding
    )
    return f"its rows are {_local(path[-1])}; beside them, and not read: {', '.join(names)}" if names else ""


def _shown(held: Mapping[str, Iterable[str]], prefixes: Mapping[str, str]) -> dict[str, str]:
    """What names with their namespaces are called: those that stand beside others of one local name with a prefix."""
    of_local: dict[str, dict[str, None]] = {}
    beside: set[str] = set()
    for names in held.values():
        here: dict[str, set[str]] = {}
        for full in names:
            of_local.setdefault(_local(full), {}).setdefault(full)
            here.setdefault(_local(full), set()).add(full)
        beside.update(*(fulls for fulls in here.values() if _differ(fulls, prefixes)))
    shown = {full: local for local, fulls in of_local.items() for full in fulls}
    for local in {_local(full) for full in beside}:
        several = [full for full in of_local[local] if full in beside]
        wanted = (prefixes.get(full.rpartition(" ")[0], "") for full in several)
        named = unique_names(f"{prefix}:{local}" if prefix else local for prefix in wanted)
        shown |= dict(zip(several, named, strict=True))
    return shown


def _differ(names: Iterable[str], prefixes: Mapping[str, str]) -> bool:
    """Whether names of one local name are of several namespaces; an attribute without any is of its element's."""
    spaces = {full.rpartition(" ")[0] for full in names}
    named = spaces - {""}
    return len(named) > 1 or (len(spaces) > 1 and any(map(prefixes.get, named)))


def _note(prefixes: Mapping[str, str]) -> str:
    told = ", ".join(f"{prefix} is {uri}" for uri, prefix in prefixes.items() if prefix and uri != _INSTANCE)
    return f"namespaces are told apart by prefix where names meet, else left out: {told}" if told else ""


def _mixed_told(mixed: Iterable[str]) -> str:
    told = ", ".join(sorted(mixed))
    return f"text between elements is put together, without where they stood in it: in {told}" if told else ""


def _rows(name: str, stream: BinaryIO, outline: _Outline, mixed: set[str] | None = None) -> Iterator[_Cells]:
    """Each record as texts by name; the names of elements with text between others are added to `mixed`."""
    path, shown = outline.path, outline.shown
    tags: list[str] = []
    elements: list[_Element] = []
    done: list[_Cells] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tags.append(tag)
        if elements or tuple(tags) == path:
            told = {shown[key]: value for key, value in attributes.items() if key != _SPACE}
            elements.append(_Element(told))

    def end(tag: str) -> None:
        tags.pop()
        if not elements:
            return
        element = elements.pop()
        if mixed is not None and element.is_mixed:
            mixed.add(_local(tag))
        if elements:
            elements[-1].has_elements = True
            elements[-1].parts.setdefault(shown[tag], []).append(_told(element))
        else:
            done.append(_cells(element, _local(tag)))

    def text(characters: str) -> None:
        if elements:
            elements[-1].text += characters

    handlers: dict[str, Callable[..., None]] = {
        "StartElementHandler": start,
        "EndElementHandler": end,
        "CharacterDataHandler": text,
    }
    for _ in _parse(name, stream, handlers):
        yield from done
        done.clear()


def _told(element: _Element) -> Any:
    return None if element.parts.get("nil") in (["true"], ["1"]) and not element.text else element.value


def _cells(element: _Element, tag: str) -> _Cells:
    """Of a record of text alone, that under its own name."""
    value = element.value
    if not isinstance(value, dict):
        return {tag: value}
    return {
        key or tag: part if part is None or isinstance(part, str) else json.dumps(part, ensure_ascii=False)
        for key, part in value.items()
    }


def _batches(name: str, stream: BinaryIO, outline: _Outline, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    names = schema.names
    columns: list[list[str | None]] = [[] for _ in names]
    for row in _rows(name, stream, outline):
        for column, each in zip(columns, names, strict=True):
            column.append(row.get(each))
        if len(columns[0]) == ROWS_OF_A_BATCH:
            yield pa.record_batch(columns, schema)
            columns = [[] for _ in names]
    yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema)


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]
