"""XML with repeated records: each is a row, its attributes and the texts in it columns, all of them text.

The records are the elements that repeat within one other, those nearest to the root; what is nested in one more deeply
is JSON text. It is read by expat, as a stream, and what a document defines for itself (entities) is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.parsers import expat

from meshlake.errors import LandingError
from meshlake.formats.copied import ROWS_OF_A_BATCH, Copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    import pyarrow as pa

_BLOCK_BYTES = 1024 * 1024
_MOST_DEEP = 100
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

        path = _records_path(name, stream)
        names: dict[str, None] = {}
        for row in _rows(name, stream, path):
            names.update(dict.fromkeys(row))
        return pa.schema([(each, pa.string()) for each in names]), _batches(name, stream, path, list(names))


XML = _Xml()


class _Element:
    """An element of a record: its attributes and the elements in it, by name, and its text."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.parts: dict[str, list[Any]] = {key: [value] for key, value in attributes.items()}
        self.text = ""

    @property
    def value(self) -> Any:
        """Text alone; or all that is in it."""
        if not self.parts:
            return self.text
        parts = {key: values[0] if len(values) == 1 else values for key, values in self.parts.items()}
        text = self.text.strip()
        return parts | ({"": text} if text else {})


def _parse(name: str, stream: BinaryIO, handlers: dict[str, Callable[..., None]]) -> Iterator[None]:
    """Read the document from its start; control comes back after each block."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.EntityDeclHandler = partial(_refuse_entity, name)
    for event, handler in handlers.items():
        setattr(parser, event, handler)
    stream.seek(0)
    while block := stream.read(_BLOCK_BYTES):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield


def _refuse_entity(name: str, *_: object) -> None:
    raise LandingError(f"{name}: it defines entities of its own", "Save it without a DTD.")


def _records_path(name: str, stream: BinaryIO) -> tuple[str, ...]:
    """The path of the elements that are rows."""
    counts: Counter[tuple[str, ...]] = Counter()
    open_: list[tuple[str, Counter[str]]] = []
    repeated: dict[tuple[str, ...], None] = {}

    def start(tag: str, _: dict[str, str]) -> None:
        if len(open_) > _MOST_DEEP:
            raise LandingError(f"{name}: its elements are nested over {_MOST_DEEP} deep", "Make it flat.")
        path = (*(outer for outer, _ in open_), tag)
        if open_:
            open_[-1][1][tag] += 1
            if open_[-1][1][tag] > 1:
                repeated.setdefault(path)
        counts[path] += 1
        open_.append((tag, Counter()))

    def end(_: str) -> None:
        open_.pop()

    for _ in _parse(name, stream, {"StartElementHandler": start, "EndElementHandler": end}):
        pass
    if not repeated:
        raise LandingError(
            f"{name}: no element repeats, so which are the rows cannot be told",
            "Land XML whose records stand one after the other in one element; or the data as JSON or CSV.",
        )
    return min(repeated, key=lambda path: (len(path), -counts[path]))


def _rows(name: str, stream: BinaryIO, path: tuple[str, ...]) -> Iterator[_Cells]:
    """Each record as texts by name."""
    tags: list[str] = []
    elements: list[_Element] = []
    done: list[_Cells] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tags.append(tag)
        if elements or tuple(tags) == path:
            elements.append(_Element({_local(key): value for key, value in attributes.items()}))

    def end(tag: str) -> None:
        tags.pop()
        if not elements:
            return
        element = elements.pop()
        if elements:
            elements[-1].parts.setdefault(_local(tag), []).append(_told(element))
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


def _batches(
    name: str, stream: BinaryIO, path: tuple[str, ...], names: list[str]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    columns: list[list[str | None]] = [[] for _ in names]
    schema = pa.schema([(each, pa.string()) for each in names])
    for row in _rows(name, stream, path):
        for column, each in zip(columns, names, strict=True):
            column.append(row.get(each))
        if len(columns[0]) == ROWS_OF_A_BATCH:
            yield pa.record_batch(columns, schema)
            columns = [[] for _ in names]
    yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema)


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]
