"""The beginning of a file that its name says is CSV, looked at for whether it is text in columns at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.formats import refuse_json, refuse_other_formats, refuse_settings
from meshlake.formats.samples import head

if TYPE_CHECKING:
    from meshlake.stores import StoredFile


def csv_head(file: StoredFile) -> tuple[bytes, bool]:
    """The first 256 KiB of `file`, and whether that is all of it.

    Raises:
        DamagedFileError: it is a page, JSON, settings or of a binary format, or gzip that is damaged.
    """
    sample, is_whole = head(file)
    refuse_other_formats(file.name, sample)
    refuse_json(file.name, sample)
    refuse_settings(file.name, sample)
    return sample, is_whole
