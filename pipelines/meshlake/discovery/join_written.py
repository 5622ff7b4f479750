"""References that are written otherwise than their key: `C-00012` for 12, `ab7` for `AB-7`, `WH01 ` for `WH01`.

Names suspect them, where the values as written are not found; the rows prove them, in a form that is alike for both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.discovery.join_values import Field

# Letters and signs before digits, which alone tell the rows apart.
_NUMBERED = re.compile(r"\D*\d+\s*")


@dataclass(frozen=True)
class Writing:
    """A form that is alike for values that are written differently: `told` in words, `sql` with `{}` for the text."""

    told: str
    sql: str

    def of(self, text: str) -> str:
        """SQL for the text of a value in this form; NULL where it has none.

        Example:
            >>> Writing("written in another case", "LOWER({})").of("code")
            'LOWER(code)'
        """
        return self.sql.replace("{}", text)


FOLDED = Writing(
    "written in another case, or with other signs or spaces",
    r"NULLIF(REGEXP_REPLACE(LOWER({}), '[^\p{L}\p{N}]', '', 'g'), '')",
)
DIGITS = Writing(
    "written with another prefix or other leading zeros",
    r"CASE WHEN REGEXP_FULL_MATCH(TRIM({}), '\D*\d+') "
    r"THEN COALESCE(NULLIF(LTRIM(REGEXP_EXTRACT(TRIM({}), '\d+$'), '0'), ''), '0') END",
)
WRITINGS = {writing.told: writing for writing in (FOLDED, DIGITS)}


def writing_between(field: Field, key: Field) -> Writing | None:
    """The form in which a column's values may be a key's; None where both are numbers, or neither has one.

    A prefix means nothing only where one of the two has none: `AB-7` and `KX-7` are two articles.
    """
    kinds = {field.column.found_type, key.column.found_type}
    if "string" not in kinds:
        return None
    if all(map(_is_numbered, (field, key))) and any(map(_is_plain, (field, key))):
        return DIGITS
    return FOLDED if kinds == {"string"} else None


def _is_numbered(field: Field) -> bool:
    return all(_NUMBERED.fullmatch(end or "") for end in (field.column.minimum, field.column.maximum))


def _is_plain(field: Field) -> bool:
    return all((end or "").strip().isdigit() for end in (field.column.minimum, field.column.maximum))
