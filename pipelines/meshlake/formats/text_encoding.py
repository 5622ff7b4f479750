"""In which encoding a file of text is: certain by a byte order mark or as UTF-8, else the likeliest, and how likely.

What is likely is asked of chardet, which knows best of short texts (docs/adr/0033).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError
from meshlake.formats.samples import is_utf8, spread_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.formats.samples import Block
    from meshlake.stores import StoredFile

UTF_8, LATIN_1 = "utf-8", "latin-1"
# Longer marks first: that of 16 bits begins that of 32.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SAMPLE_BYTES = 64 * 1024
# Of the encodings that chardet knows, those in which tables are written; among all, rare ones win on short texts.
# Of those of systems before Unicode only text of Western words.
_OLD = ("mac-roman", "cp437", "cp850")
_LIKELY = (
    *_OLD,
    *(f"windows-{number}" for number in range(1250, 1259)),
    *(f"iso-8859-{number}" for number in (1, 2, 5, 7, 9, 15)),
    *("koi8-r", "koi8-u", "cp866", "cp932", "euc-jp", "gb18030", "big5hkscs", "cp949", "cp874"),
)
# Of one or two words several encodings are about as likely; far the most such tables are Western European. What is less
# likely than this many times another is told with that one.
_ODDS = 2
_MOST_OTHERS = 3
# So little tells one encoding of one or two signs from another: µ and £ alone are letters in others.
_NO_EVIDENCE = 0.01
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüÿßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ€£°²³µ·¹ºª±×©®§¡¿«»‘’“”–—…")
_SEQUENCES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OTHERS = re.compile(rb"[\x80-\xff]")
# Bytes that are no part of a character of any of these encodings.
_BETWEEN = re.compile(rb"[,;\t\r\n\"]")
_CONTROLS = re.compile("[\x80-\x9f]")
_LETTERS = re.compile(r"(?:[^\W\d_]|[\u2500-\u259f])+")
_NUMBERS = re.compile(rb"^[0-9. ]+ | [0-9. ]+$")
_PRINTED = re.compile(rb"[\t\r\n\x20-\x7e]*")
_NOT_ASCII = re.compile(rb"[^\n\r]*[\x80-\xff][^\n\r]*")


@dataclass(frozen=True)
class TextEncoding:
    """`name` is Python's; `is_read_where_it_lies` by DuckDB; `note` says what was guessed.

    Where it `has_other_bytes`, some of the text is in another encoding.
    """

    name: str
    note: str | None = None
    has_other_bytes: bool = False

    @property
    def is_read_where_it_lies(self) -> bool:
        """Whether DuckDB's reader takes it: of lines with other bytes 1.5.5 breaks where few columns are asked for."""
        return self.name in {UTF_8, LATIN_1} and not self.has_other_bytes

    def decoded(self, sample: bytes) -> str:
        """The beginning of a file as text, what is cut off or damaged left out."""
        return sample.decode(self.name, errors="ignore").removeprefix("\ufeff")


def encoding_of(file: StoredFile, sample: bytes) -> TextEncoding:
    """The encoding of `file`, which begins with `sample`.

    Raises:
        LandingError: it is none of text.
    """
    if (marked := next((name for mark, name in _MARKS.items() if sample.startswith(mark)), None)) is not None:
        return TextEncoding(marked)
    if b"\0" in sample[:1000] and (wide := _wide(sample[:1000])):
        return TextEncoding(wide, f"read as {wide.upper()}, which no byte order mark says")
    blocks = list(spread_blocks(file))
    if all(map(is_utf8, blocks)):
        return TextEncoding(UTF_8)
    return _likeliest(file, blocks)


def _wide(start: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: some bytes of each character are 0, of all or of ASCII, and one never is."""
    if start.count(0) < len(start) / 4 and _PRINTED.fullmatch(start.replace(b"\0", b"")):
        return None  # text of a byte each, in which some are 0
    by_four = [start[i::4].count(0) / max(len(start) // 4, 1) for i in range(4)]
    for name, (first, second), other in (("utf-32-le", (2, 3), 0), ("utf-32-be", (0, 1), 3)):
        if min(by_four[first], by_four[second]) > 0.9 and by_four[other] < 0.1:
            return name
    even, odd = (start[i::2].count(0) / max(len(start) // 2, 1) for i in range(2))
    if max(even, odd) < 0.1 or min(even, odd) > max(even, odd) / 4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _likeliest(file: StoredFile, blocks: Sequence[Block]) -> TextEncoding:
    lines = b"\n".join(line for block in blocks for line in _NOT_ASCII.findall(block.content))[:_SAMPLE_BYTES]
    sequences = _SEQUENCES.findall(lines)
    # Text of another encoding has such sequences by chance, a few of them: lines that have others are kept aside.
    if len(sequences) > len(_OTHERS.findall(_SEQUENCES.sub(b"", lines))):
        return TextEncoding(UTF_8, "read as UTF-8, though some bytes of it are none", has_other_bytes=True)
    words = _words(lines)
    name, likely = _asked(words)
    if name is None:
        raise DamagedFileError(
            f"{file.name}: it is in no encoding of text that is known",
            "Save the file as UTF-8, for example with: iconv -f ENCODING -t UTF-8 FILE > NEW_FILE",
        )
    confidence = likely.get(name, 0.0)
    doubt = _doubt(words, name, {each: likely[each] for each in likely if likely[each] * _ODDS >= confidence})
    return TextEncoding(name, f"read as {_shown(name)}, a guess (confidence {confidence:.2f}{doubt})")


def _words(lines: bytes) -> bytes:
    """Each text in `lines` that is not ASCII, once: numbers around them make East Asian ones unlikely."""
    cells = (_NUMBERS.sub(b"", cell.strip()) for cell in _BETWEEN.split(lines) if _OTHERS.search(cell))
    return b"\n".join(dict.fromkeys(cells))


def _asked(lines: bytes) -> tuple[str | None, dict[str, float]]:
    """The likeliest encoding, and how likely each one is in which words are of one script."""
    import chardet

    found = chardet.detect_all(lines, include_encodings=_LIKELY)
    likely = {
        codecs.lookup(each["encoding"]).name: each["confidence"]
        for each in found
        if each["encoding"] and not _is_mixed(lines, each["encoding"])
    }
    likely = {
        each: share
        for each, share in likely.items()
        if each not in _OLD or _is_western(_decoded(lines, each))
    }
    name = max(likely, key=lambda each: likely[each], default=None)
    likely[LATIN_1] = likely.get("cp1252", 0.0)
    western = _decoded(lines, "cp1252")
    if western is not None and (
        name is None
        or name == "ascii"
        or _decoded(lines, name) == western
        or (_is_western(western) and likely[name] <= max(_NO_EVIDENCE, _ODDS * likely[LATIN_1]))
    ):
        name = "cp1252"
    if name == "cp1252" and _decoded(lines, LATIN_1) == western:
        name = LATIN_1
    return (None if name == "ascii" else name), likely


def _doubt(lines: bytes, name: str, likely: Mapping[str, float]) -> str:
    """What a word would be in the likeliest of the other encodings that make another one of it."""
    words = (_decoded(lines, name) or "").split("\n")
    told: list[str] = []
    place: int | None = None
    for other in sorted(likely, key=lambda each: -likely[each]):
        others = (_decoded(lines, other) or "").split("\n")
        if len(others) != len(words) or others == words or _CONTROLS.search("".join(others)):
            continue
        if place is None:
            place = next(at for at, pair in enumerate(zip(words, others, strict=True)) if pair[0] != pair[1])
            told.append(f"as {_shown(other)} {words[place]!r} would be {others[place]!r}")
        elif others[place] != words[place] and len(told) < _MOST_OTHERS:
            told.append(f"as {_shown(other)} {others[place]!r}")
    return f"; uncertain: {', '.join(told)}" if told else ""


def _is_western(text: str | None) -> bool:
    return text is not None and all(character.isascii() or character in _WESTERN for character in text)


def _is_mixed(lines: bytes, name: str) -> bool:
    """Whether words read so have letters of two scripts, or lines of a frame: an accent is none of another script."""
    words = [word for word in _LETTERS.findall(_decoded(lines, name) or "") if not word.isascii()]
    mixed = sum(len({_script(character) for character in word}) > 1 for word in words)
    return 2 * mixed > len(words)


def _script(character: str) -> str:
    if "\u2500" <= character < "\u25a0":
        return "frame"
    return "latin" if character < "\u0250" or "\u1e00" <= character < "\u1f00" else "other"


def _decoded(lines: bytes, name: str) -> str | None:
    try:
        return lines.decode(name)
    except UnicodeDecodeError:
        return None


def _shown(name: str) -> str:
    return re.sub(r"^cp125", "Windows-125", name) if name.startswith("cp125") else name.upper()
