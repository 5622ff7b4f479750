"""What Dagster calls what the mesh holds, and back: one map, and no two names are ever called the same.

A product's name is plain. A landed dataset's is a folder of somebody's bucket: it may hold a blank, a quote, any letter
of Unicode, or bytes that are none. Dagster takes `[A-Za-z0-9_]` alone for ops and their inputs, little more for tags,
and separates the parts of a key by a slash. Plain names stay as they are; of others, what Dagster cannot bear is
written as the hexadecimal number of the character: `~2f~` in keys, `_2f_` elsewhere.
"""

from __future__ import annotations

import hashlib
import re

import dagster as dg

from meshlake.names import LANDING_CATALOG, DatasetName, InputName, ProductName

BUILD_JOB = "build"
DATA_VERSION_TAG = "dagster/data_version"
# A slash parts keys; quotes, stars, plus and colon are of Dagster's selections; control characters and halves of
# surrogates (how Python reads names that are not UTF-8) are nowhere to be shown or kept.
_UNSAFE_IN_KEYS = re.compile(r"[/\\\"'*+:~\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED_IN_KEY = re.compile("~([0-9a-f]*)~")
_EMPTY_PART = "~~"
_UNSAFE_IN_OPS = re.compile("[^A-Za-z0-9]")
_ESCAPED_IN_OP = re.compile("_([0-9a-f]+)_")
_PLAIN_PART = r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*"
# It begins with what no plain part begins with.
_ESCAPED_PART = r"_(?:[A-Za-z0-9]|_[0-9a-f]+_)*"
_OP_NAME = re.compile(f"(?:{_PLAIN_PART}|{_ESCAPED_PART})(?:__(?:{_PLAIN_PART}|{_ESCAPED_PART}))*")
_OP_PART = re.compile(f"({_PLAIN_PART}|{_ESCAPED_PART})(?:__|$)")
_PLAIN_TAG = re.compile("[A-Za-z0-9.-][A-Za-z0-9_.-]{0,62}")
_UNSAFE_IN_TAGS = re.compile("[^A-Za-z0-9.-]")
_LONGEST_TAG = 63
# Narrower than what Dagster takes for an address; whoever writes another is a team to it.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,7}")


def asset_key(name: InputName) -> dg.AssetKey:
    """The key of a product or a landed dataset.

    Example:
        >>> asset_key(DatasetName("crm", "Calls 2")).to_user_string()
        'landing/crm/Calls 2'
        >>> asset_key(DatasetName("crm", "in/out")).to_user_string()
        'landing/crm/in~2f~out'
    """
    return dg.AssetKey([_key_part(part) for part in _parts(name)])


def misplaced_key(domain: str) -> dg.AssetKey:
    """The key under which files are told that lie in the folder of a domain, or (`''`) of the landing zone itself."""
    return dg.AssetKey([LANDING_CATALOG, _key_part(domain)] if domain else [LANDING_CATALOG])


def boost_key(name: ProductName) -> dg.AssetKey:
    """The key under which is told what would make the model of product `name` better."""
    return dg.AssetKey(["boost", *asset_key(name).path])


def boost_op_name(name: ProductName) -> str:
    """The name of the op that looks for it."""
    return f"boost__{op_name(name)}"


def name_of(key: dg.AssetKey) -> InputName:
    """The product or dataset whose key this is.

    Raises:
        ValueError: it is the key of neither.
    """
    return _name([_ESCAPED_IN_KEY.sub(_character, part) for part in key.path])


def op_name(name: InputName) -> str:
    """The name of the op, and so of the step, that makes a product or looks at a dataset.

    Example:
        >>> op_name(ProductName("crm", "customers")), op_name(DatasetName("crm", "a-b"))
        ('crm__customers', 'landing__crm___a_2d_b')
    """
    return "__".join(map(_op_part, _parts(name)))


def misplaced_op_name(domain: str) -> str:
    """The name of the op that looks for files that lie where `misplaced_key` says."""
    return "__".join(_op_part(part) for part in (LANDING_CATALOG, domain) if part)


def name_of_op(op: str) -> InputName:
    """The product or dataset whose `op_name` this is.

    Raises:
        ValueError: it is the op of neither.
    """
    if not _OP_NAME.fullmatch(op):
        raise ValueError(f"'{op}' is no op of a product or dataset")
    parts = _OP_PART.findall(op)
    return _name([_ESCAPED_IN_OP.sub(_character, p[1:]) if p.startswith("_") else p for p in parts])


def schedule_name(what: str, name: InputName) -> str:
    """The name of the schedule that does `what`, one word, with a product."""
    return f"{what}__{op_name(name)}"


def tag_key(text: str) -> str:
    """The key of the tag that a contract writes as `text`; past Dagster's 63 characters it is a hash.

    Example:
        >>> tag_key("personal-data"), tag_key("personal data")
        ('personal-data', '_personal_20_data')
    """
    if _PLAIN_TAG.fullmatch(text):
        return text
    escaped = "_" + _UNSAFE_IN_TAGS.sub(_number, text)
    # Nothing escaped ends in hexadecimal digits after two underscores: each number is closed by one.
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return escaped if len(escaped) <= _LONGEST_TAG else f"__{digest[: _LONGEST_TAG - 2]}"


def owner(text: str) -> str:
    """An owner, an address of one person or the name of a team, as Dagster has them."""
    return text if _ADDRESS.fullmatch(text) else f"team:{shown(text)}"


def shown(text: str) -> str:
    """`text` as it can be kept and shown: bytes that are no UTF-8 as `\\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode()


def _parts(name: InputName) -> tuple[str, ...]:
    if isinstance(name, DatasetName):
        return (LANDING_CATALOG, name.domain, name.dataset)
    return (name.domain, name.product)


def _name(parts: list[str]) -> InputName:
    match parts:
        case [catalog, domain, dataset] if catalog == LANDING_CATALOG:
            return DatasetName(domain, dataset)
        case [domain, product] if domain != LANDING_CATALOG:
            return ProductName(domain, product)
    raise ValueError(f"{parts} are the parts of no product and of no dataset")


def _key_part(part: str) -> str:
    return _UNSAFE_IN_KEYS.sub(lambda found: f"~{ord(found[0]):x}~", part) or _EMPTY_PART


def _op_part(part: str) -> str:
    return part if re.fullmatch(_PLAIN_PART, part) else "_" + _UNSAFE_IN_OPS.sub(_number, part)


def _number(found: re.Match[str]) -> str:
    return f"_{ord(found[0]):x}_"


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else ""
