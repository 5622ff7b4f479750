"""ORC, as pyarrow reads it: columns with the types that the files give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.formats.copied import Copied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    import pyarrow as pa


class _Orc(Copied):
    name = "orc"
    title = "ORC"
    endings = (".orc",)
    magic = b"ORC"

    def schema_and_batches(self, name: str, stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        from pyarrow import orc

        file = orc.ORCFile(stream)
        return file.schema, (file.read_stripe(number) for number in range(file.nstripes))


ORC = _Orc()
