"""What the names of two columns say to whether one refers to the other, between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.discovery.names import is_placeholder, is_short_for
from meshlake.names import name_words

if TYPE_CHECKING:
    from collections.abc import Sequence

# Columns that begin so in nearly all of a table are written with the table's sign: `c_` of `customer` in TPC.
_SIGNED_SHARE, _SIGNED_COLUMNS = 0.8, 3
_NAMED_OWN = 0.85
_OWN = (
    "parent previous predecessor original superior successor supersedes replaces replaced merged duplicate "
    "eltern ubergeordnet ubergeordnete vorganger nachfolger parente precedent padre superiore genitore anterior pai"
)
_OF_ITS_OWN = frozenset(_OWN.split())
_INVITING = (
    "referred referrer referral recommended recruited sponsor invited geworben empfohlen parrain parraine"
)
_REFERRERS = frozenset(_INVITING.split())
_ABOVE = (
    "reports manager mgr supervisor boss mentor leader vorgesetzter vorgesetzte vorgesetzten chef leiter "
    "responsable superieur jefe gerente lider responsabile capo chefe gestor"
)
_SUPERIORS = frozenset(_ABOVE.split())
_LEADERS = _SUPERIORS - {"reports"}
_LINKS = "to by of in into from with von an de del du da di por par"
_LINKING = frozenset(_LINKS.split())
_STAFF = (
    "employee emp staff people person worker user member contact agent doctor nurse teacher student driver "
    "mitarbeiter angestellte personal employe salarie empleado trabajador dipendente dipendenti impiegato "
    "empregado funcionario medewerker"
)
_OTHERS = "customer patient client player subscriber kunde kunden benutzer utilisateur cliente usuario utente"
_MANAGED = frozenset(_STAFF.split())
_PEOPLE = _MANAGED.union(_OTHERS.split())
# What people are in the tables of what they do; a manager is none of `customers`.
_DOINGS = (
    "approver approved reviewer reviewed author owner assignee assigned requester requested reporter reported borrower "
    "lender caller sender recipient buyer attending"
)
_ROLES_OF_PEOPLE = frozenset(_DOINGS.split())
_SAME, _ROLE, _ABBREVIATED, _OWNER, _PERSON, _NUMBERED, _ALIKE = 1.0, 0.85, 0.75, 0.7, 0.6, 0.6, 0.5
_LIKE_LETTERS = 0.75
_FEWEST_LETTERS = 3
# Words that say that a column identifies, and not what.
_IDENTIFYING = "id key sk pk fk no nr num number code index uuid guid ref name"
_TELL_NOTHING = frozenset(_IDENTIFYING.split())
# Of these one system writes another than the next for the same thing: policy_number, policy_ref, policy_id.
_NUMBERING = frozenset(["id", "key", "no", "nr", "num", "number", "code", "ref", "reference"])


@dataclass(frozen=True)
class Named:
    """A column's words without its table's sign, and those of the table: one of `customers` is a customer."""

    words: tuple[str, ...]
    owner: tuple[str, ...]

    @property
    def is_of_its_owner(self) -> bool:
        """Whether the column is named after its own table: `customer_id` of `customers`, or `id`."""
        rest = tuple(map(_singular, _without_last(self.words)))
        stem = _letters(rest)
        is_word = len(stem) >= _FEWEST_LETTERS and any(word.startswith(stem) for word in self.owner)
        return not rest or rest == self.owner[-len(rest) :] or is_word or _is_made_of(stem, self.owner)


def named(dataset: str, columns: Sequence[str]) -> dict[str, Named]:
    """The columns of a dataset, by name.

    Example:
        >>> named("shop.customers", ["c_id", "c_city", "c_name"])["c_city"]
        Named(words=('city',), owner=('customer',))
    """
    words = {column: name_words(column) for column in columns}
    firsts = [each[0] for each in words.values() if len(each) > 1]
    sign = max(firsts, key=firsts.count, default="")
    is_signed = len(columns) >= _SIGNED_COLUMNS and firsts.count(sign) >= _SIGNED_SHARE * len(columns)
    if is_signed:
        words = {c: w[1:] if w[0] == sign and len(w) > 1 else w for c, w in words.items()}
    owner = tuple(_singular(word) for word in name_words(dataset.rpartition(".")[2]))
    return {column: Named(each, owner) for column, each in words.items()}


@lru_cache(maxsize=500_000)
def name_evidence(column: Named, key: Named) -> tuple[float, str]:
    """How far the name of `column` says that it refers to `key`, and in which words.

    Example:
        >>> customers = named("shop.customers", ["id"])["id"]
        >>> name_evidence(named("shop.orders", ["billing_customer_id"])["billing_customer_id"], customers)
        (0.85, 'named after customer')
    """
    mine, theirs, owned = column.words, key.words, (*key.owner, *key.words)
    after = f"named after {' '.join(key.owner)}"
    if mine == theirs and not _tells_nothing(mine):
        return _SAME, "the same name"
    # Of a client the code: client_code, code_client, codigo_del_cliente.
    if _letters(mine) == _letters(owned) or _without_links(mine) == (*key.words, *key.owner):
        return _SAME, after
    for ending, said in ((owned, after), (theirs, f"ends in {'_'.join(theirs)}")):
        if not _tells_nothing(ending):
            if mine[-len(ending) :] == ending:
                return _ROLE, said
            if _are_abbreviated(mine[-len(ending) :], ending):
                return _ABBREVIATED, f"{said}, shortened"
    if any(_is_owner(mine[begin:], key, is_whole=begin == 0) for begin in range(len(mine))):
        return _OWNER, after
    if _without_last(theirs) == mine and not _tells_nothing(mine):
        return _OWNER, f"{'_'.join(theirs)} but for the last word"
    is_doing = _PEOPLE & set(key.owner) and _ROLES_OF_PEOPLE & set(mine)
    is_leading = _MANAGED & set(key.owner) and set(mine) <= _LEADERS | _TELL_NOTHING and _LEADERS & set(mine)
    if key.is_of_its_owner and (is_doing or is_leading):
        return _PERSON, f"named as what a {key.owner[-1]} does"
    if not _tells_nothing(theirs) and _letters(mine).startswith(_letters(theirs)):
        return _OWNER, f"begins with {'_'.join(theirs)}"
    if _is_numbered_otherwise(mine, key):
        return _NUMBERED, f"{after}, by another word for its number"
    if max(_likeness(mine, theirs), _likeness(mine, owned)) >= _LIKE_LETTERS and not _tells_nothing(mine):
        return _ALIKE, "a name like it"
    return 0.0, ""


def own_evidence(column: Named) -> tuple[float, str]:
    """How far the name of `column` says that it refers to another row of its own table: `reports_to`, `parent_id`,
    `parent_category_id` of categories; an `original_price` is a price."""
    mine, owner = set(column.words), set(column.owner)
    if "to" not in mine:
        mine.discard("reports")  # whoever has eight reports, reports to nobody by that
    words = (
        _OF_ITS_OWN | (_REFERRERS if _PEOPLE & owner else set()) | (_SUPERIORS if _MANAGED & owner else set())
    )
    others = set(column.words) - words - _LINKING - _TELL_NOTHING
    is_own = bool(words & mine) and all(_is_of(word, column.owner) for word in others)
    return (_NAMED_OWN, "named as a reference to its own table") if is_own else (0.0, "")


def _is_of(word: str, owner: tuple[str, ...]) -> bool:
    return any(each == _singular(word) or is_short_for(word, each) for each in owner)


def _is_owner(mine: tuple[str, ...], key: Named, *, is_whole: bool) -> bool:
    """Whether a name is the other table's, whole or shortened, with or without the word for an identifier."""
    if mine[-1] in _TELL_NOTHING and mine[-1] != key.words[-1]:
        return False
    stem = _letters(_without_last(mine))
    # A name in the plural is a count (`parcels`, `up_votes`), unless all of it is the table's whole name.
    is_plural = _singular(stem) != stem and not (is_whole and _singular(stem) == _letters(key.owner))
    return not is_plural and _is_made_of(_singular(stem), key.owner)


def _is_numbered_otherwise(mine: tuple[str, ...], key: Named) -> bool:
    """Whether a name is that of the other table's own number but for the word for it."""
    if not {mine[-1], key.words[-1]} <= _NUMBERING or not key.is_of_its_owner:
        return False
    alike = (*mine[:-1], key.words[-1])
    # In the plural it is how many there are.
    return any(_is_owner(alike[begin:], key, is_whole=False) for begin in range(len(mine) - 1))


def _is_made_of(stem: str, owner: tuple[str, ...], fewest: int = _FEWEST_LETTERS) -> bool:
    """Whether a stem is made of the beginnings of a table's words: cdemo of customer demographics, promo of promotion.

    Of the last word at least two letters, so that one letter alone is no sign of a table.
    """
    if len(stem) < fewest or not owner:
        return False
    first, *rest = owner
    if not rest:
        return first.startswith(stem)
    return any(
        stem[:size] == first[:size] and _is_made_of(stem[size:], tuple(rest), fewest=2)
        for size in range(1, min(len(first), len(stem)) + 1)
    )


def _tells_nothing(words: tuple[str, ...]) -> bool:
    return is_placeholder([word for word in words if word not in _TELL_NOTHING])


def _without_last(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[:-1] if words[-1] in _TELL_NOTHING else words


def _without_links(words: tuple[str, ...]) -> tuple[str, ...]:
    return (words[0], *(_singular(word) for word in words[1:] if word not in _LINKING))


def _letters(words: tuple[str, ...]) -> str:
    return "".join(words)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith("ss") else word.removesuffix("s")


def _are_abbreviated(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return len(mine) == len(theirs) and all(
        one == other or is_short_for(one, other) or is_short_for(other, one)
        for one, other in zip(mine, theirs, strict=True)
    )


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Of two names of about the same length; of others, which are never alike enough, 0."""
    mine, others = _letters(one), _letters(other)
    highest = 2 * min(len(mine), len(others)) / max(len(mine) + len(others), 1)
    if mine[:1] != others[:1] or highest < _LIKE_LETTERS:
        return 0.0
    return SequenceMatcher(None, mine, others).ratio()
