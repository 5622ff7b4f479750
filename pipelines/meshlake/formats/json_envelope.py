"""Where the records stand in an object around them, as services answer: `{"results": [...], "next": null}`.

They are the objects of the one list of objects that is nearest to the root, where its name or nothing else beside it
says so. What may as well be one record with a list in it, an order with its lines, is none for sure.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_MOST_DEEP = 3
# What services call the list of their records; what an object is told by is called `id`.
_NAMES = (
    "data result results items item records record rows row feature features value values hits docs documents entry "
    "entries object objects element elements content list resources"
)
_LISTS = frozenset(_NAMES.split())
_IDENTIFIER = re.compile(r"id|uuid|guid|_id|.+_id|.+[a-z]Id", re.ASCII)
# What they say of a page beside it, `-` and `_` left out.
_OF_A_PAGE = """
    after before count cursor endcursor error errors first from hasmore hasnext hasnextpage haspreviouspage last limit
    link links maxscore message meta metadata more next nextcursor nextlink nextpage nextpagetoken nextpageurl
    nexttoken nextrecordsurl number numberofelements offset ok page pageable pageinfo pagenumber pages pagesize
    pagination paging perpage prev previous previouspage shards size sort startat status statuscode success took
    timedout total totalcount totalelements totalitems totalpages totalresults totalsize type version warnings done
    @odata.context @odata.nextlink @odata.count odata.metadata odata.nextlink
"""
_PAGE_WORDS = frozenset(_OF_A_PAGE.split())
# An object, the first of whose lines has one more in it or is not whole.
_IS_NESTED = re.compile(rb"\s*\{(?:[^\n]*[\[{]|[^\n]*[^}\s][ \t\r]*\n|\s*\n)")
_BLANK = re.compile(r"[ \t\r\n]*")
# Only how a document is built is asked: its numbers are not.
_DECODER = json.JSONDecoder(parse_int=len, parse_float=len)


@dataclass(frozen=True)
class Envelope:
    """An object around the list of objects at `path`, whose text is that of the `records`.

    `are_records`, unless they may be a part of one record; `is_page` where all that stands beside them tells of a page.
    `beside` is the first of what does not, or else of all.
    """

    path: tuple[str, ...]
    records: slice
    are_records: bool
    is_page: bool
    beside: str

    @property
    def name(self) -> str:
        """The list, as jq calls it."""
        return ".".join(self.path)


@dataclass(frozen=True)
class _Member:
    """A member of an object: its key behind those above, and where its value begins and ends."""

    path: tuple[str, ...]
    value: Any
    start: int
    end: int


def is_nested(begin: bytes) -> bool:
    """Whether a file that begins so is an object in which others may stand."""
    return _IS_NESTED.match(begin) is not None


def object_end(text: str) -> int:
    """Where the first value in `text` ends, and the blanks behind it.

    Raises:
        ValueError: it is no JSON, or not whole.
        RecursionError: it is nested too deeply.
    """
    return _after_blanks(text, _DECODER.raw_decode(text, _after_blanks(text, 0))[1])


def has_no_values(text: str) -> bool:
    """Whether the object in `text` is one of lists and objects alone."""
    whole, _ = _DECODER.raw_decode(text, _after_blanks(text, 0))
    return isinstance(whole, dict) and all(isinstance(value, dict | list) for value in whole.values())


def envelope_in(text: str, names: Collection[str] = ()) -> Envelope | None:
    """What the object that `text` begins with is around, if anything; `names` are more that say so of a list.

    Example:
        >>> envelope_in('{"meta": {"total": 2}, "data": [{"n": 1}, {"n": 2}]}').name
        'data'
        >>> envelope_in('{"order_id": 7, "items": [{"n": 1}]}').are_records
        False

    Raises:
        ValueError: it is no JSON, or not whole.
        RecursionError: it is nested too deeply.
    """
    named = _LISTS.union(names)
    start = _after_blanks(text, 0)
    whole, end = _DECODER.raw_decode(text, start)
    if not isinstance(whole, dict):
        return None
    objects, passed = [_Member((), whole, start, end)], list[_Member]()
    is_alone = True
    for _ in range(_MOST_DEEP):
        members = [each for outer in objects for each in _members(text, outer)]
        lists = [each for each in members if _is_list_of_objects(each, named)]
        is_alone = is_alone and len(members) == 1
        passed += members
        if len(lists) == 1:
            return _around(lists[0], passed, named, is_alone=is_alone)
        if lists:
            break
        objects = [each for each in members if isinstance(each.value, dict)]
    return None


def _around(found: _Member, passed: list[_Member], named: Collection[str], *, is_alone: bool) -> Envelope:
    keys = [each.path[-1] for each in passed if each.path != found.path[: len(each.path)]]
    others = [key for key in keys if re.sub("[-_]", "", key).lower() not in _PAGE_WORDS]
    has_identifier = any(_IDENTIFIER.fullmatch(each.path[-1]) for each in passed)
    is_named = found.path[-1].lower() in named and not has_identifier
    beside = next(iter([*others, *keys]), "")
    return Envelope(found.path, slice(found.start, found.end), is_alone or is_named, not others, beside)


def _is_list_of_objects(member: _Member, named: Collection[str]) -> bool:
    if not isinstance(member.value, list):
        return False
    return all(isinstance(each, dict) for each in member.value) and (
        bool(member.value) or member.path[-1].lower() in named
    )


def _members(text: str, outer: _Member) -> Iterator[_Member]:
    """Those of the object that begins at `outer.start`, which is sound."""
    at = _after_blanks(text, outer.start + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _after_blanks(text, _after_blanks(text, at) + 1)
        value, end = _DECODER.raw_decode(text, start)
        yield _Member((*outer.path, key), value, start, end)
        at = _after_blanks(text, end)
        at = _after_blanks(text, at + 1) if text[at] == "," else at


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
