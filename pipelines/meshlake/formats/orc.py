"""ORC, as pyarrow reads it: columns with the types that the files give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError
from meshlake.formats.copied import Copied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    import pyarrow as pa
    from pyarrow import orc

# What pyarrow's error begins with, which is of the class of all others.
_FAR_MOMENT = "ORC timestamp ("


class _Orc(Copied):
    name = "orc"
    title = "ORC"
    endings = (".orc",)
    magic = b"ORC"

    def schema_and_batches(self, name: str, stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        from pyarrow import orc

        file = orc.ORCFile(stream)
        return file.schema, _batches(name, file)


ORC = _Orc()


def _batches(name: str, file: orc.ORCFile) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for number in range(file.nstripes):
        try:
            yield file.read_stripe(number)
        except pa.ArrowInvalid as error:
            if str(error).startswith(_FAR_MOMENT):
                raise _far_moment(name, file, number) from error
            raise


def _far_moment(name: str, file: orc.ORCFile, number: int) -> DamagedFileError:
    """Which columns of a stripe hold moments that pyarrow, for which all are of nanoseconds, has no numbers for."""
    import pyarrow as pa

    columns = []
    for column in file.schema.names:
        try:
            file.read_stripe(number, columns=[column])
        except pa.ArrowInvalid:
            columns.append(column)
    return DamagedFileError(
        f"{name}: column {' and '.join(columns)} holds moments before 1677-09-21 or after 2262-04-11, "
        "which cannot be read from ORC",
        "Write it as DATE or text, or the file as Parquet; or other values for what means no end.",
    )
