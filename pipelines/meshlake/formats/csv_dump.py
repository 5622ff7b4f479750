r"""Text as MySQL (`SELECT ... INTO OUTFILE`) and PostgreSQL (`COPY`) write it: a backslash escapes, null is `\N`.

It is told from text that has backslashes of its own, paths perhaps: each backslash has to be one that they write.
"""

from __future__ import annotations

import io
import re
from collections import Counter

from meshlake.formats.csv_lines import NULL, Form, RecordReader, numbered_lines

NOTE = rf"a backslash escapes what follows it, and {NULL} is null, as MySQL and PostgreSQL write it"
_BREAK = re.compile(r"\\[\r\n]")
# Between quotes a line may end without a backslash, so one before it may be text that ends with one.
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def is_dumped(text: str, delimiter: str) -> bool:
    r"""Whether `text` has nulls or line ends as databases write them, and no other backslash.

    Example:
        >>> is_dumped("1,ann,\\N\n", ","), is_dumped("1,\\N\n2,C:\\x\n", ","), is_dumped("1,a\\\nb\n2,c\n", ",")
        (True, False, True)
        >>> is_dumped('1,"a\\\nb"\n', ",")
        False
    """
    between = re.escape(delimiter)
    has_null = re.search(rf"(?m)(?:^|{between}){re.escape(NULL)}(?={between}|[\r\n]|\Z)", text) is not None
    if not has_null and not _BREAK.search(_QUOTED.sub("", text)):
        return False
    others = re.sub(rf"\\(?:[\\N0bfnrtvZ'\"\r\n]|{between})", "", text)
    return "\\" not in others.removesuffix("\\") and _are_breaks_of_values(text, delimiter)


def has_dumped(text: str) -> bool:
    """Whether a null or an escaped line end stands in the lines of one record."""
    return NULL in text or _BREAK.search(text) is not None


def _are_breaks_of_values(text: str, delimiter: str) -> bool:
    """Whether each record with an escaped line end is as wide as others: a last value may end with a backslash."""
    reader = RecordReader(Form(delimiter, '"', "\\"))
    records = [each for each in reader.records(numbered_lines(io.StringIO(text, newline=""))) if each.cells]
    widths = Counter(len(each.cells or ()) for each in records if not _BREAK.search(each.text))
    broken = {len(each.cells or ()) for each in records if _BREAK.search(each.text) and not each.is_cut}
    return not broken or (len(broken) == 1 and (not widths or broken == {widths.most_common(1)[0][0]}))
