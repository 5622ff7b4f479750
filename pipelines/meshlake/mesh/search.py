"""What in the mesh is about some words: landed datasets, products, their columns and values, and named questions.

Words are compared by their stems and weighed as BM25 does: a rare word says more than one that is everywhere, and one
in a name more than one in a long text. A word for an outcome also finds what is called by another one. Where the extra
`meaning` is installed, what is near in meaning is found too, without a word in common. Values of personal columns are
never looked at: only their shapes are kept.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.known import remembered
from meshlake.mesh.meaning import nearness
from meshlake.outcome_names import is_about_leaving, outcome
from meshlake.query.questions import readable_questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.workspace import Workspace

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W_A-Za-z]+")
_HYPHEN = re.compile(r"\b([A-Za-z])-(?=[a-z])")  # e-mail is email
_SHOWN_LENGTH = 80
_ENDINGS = ("ments", "ment", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "e", "y")
_STOP = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "do",
        "for",
        "from",
        "have",
        "how",
        "in",
        "is",
        "of",
        "on",
        "or",
        "that",
        "the",
        "to",
    }
    | {"we", "what", "where", "which", "who", "with"}
)
# What grammar changes within; and what is short for a word, and no other's stem: `lat` is where, and `late` when.
_IRREGULAR = {
    **{"paid": "pay", "bought": "buy", "sold": "sell", "left": "leav", "lost": "los", "sent": "send"},
    **{"lat": "latitud", "lon": "longitud", "lng": "longitud"},
}
_SATURATION, _LENGTH = 1.2, 0.75
# Another word for the same outcome says nearly as much as the word itself; how it is told from words.
_OTHER_WORD, _ENDED_AS = 0.8, "="
# Texts as far apart as chance has them are none; the nearest are worth a rare word in a name.
_LEAST_NEAR, _NEAR = 0.2, 4.0
# What a likely label answers, whose name may be one word of it, or of another language.
_LEFT = "says who left: churned, cancelled, stopped paying, quit"
_ENDED = "says how it ended: an outcome that could be predicted"


@dataclass(frozen=True)
class Hit:
    """One thing found: `kind` is dataset, column, product or question; `reason` says which words were found where."""

    kind: str
    name: str
    score: float
    reason: str


@dataclass(frozen=True)
class _Document:
    """A thing that can be found: its texts, by where they stand, with how much they weigh."""

    kind: str
    name: str
    texts: tuple[tuple[str, str, float], ...]

    @property
    def described(self) -> str:
        """What tells its meaning: all but values."""
        return ", ".join(text for where, text, _ in self.texts if where != "values" and text)


def search(mesh: Workspace, words: str, most: int) -> list[Hit]:
    """What is about `words`, the best first."""
    wanted = _wanted(words)
    documents = [*_datasets(mesh), *_products(mesh), *_questions(mesh)]
    if not wanted or not documents:
        return []
    scored = [*_by_words(wanted, documents), *_by_meaning(words, documents)]
    scores: dict[int, float] = {}
    reasons: dict[int, list[str]] = {}
    for number, score, reason in scored:
        scores[number] = scores.get(number, 0.0) + score
        reasons.setdefault(number, []).append(reason)
    hits = (
        Hit(documents[number].kind, documents[number].name, round(score, 3), "; ".join(reasons[number]))
        for number, score in scores.items()
    )
    return sorted(hits, key=lambda hit: (-hit.score, hit.kind, hit.name))[:most]


def _by_words(
    wanted: Mapping[str, Mapping[str, float]], documents: Sequence[_Document]
) -> Iterator[tuple[int, float, str]]:
    """Those that have some of the words, each in one of its ways: their number, score and why."""
    counted = [_counted(document) for document in documents]
    average = sum(sum(counts.values()) for counts, _ in counted) / len(counted)
    known = Counter(word for counts, _ in counted for word in counts)
    rarity = {
        word: math.log(1 + (len(counted) - known[word] + 0.5) / (known[word] + 0.5))
        for ways in wanted.values()
        for word in ways
    }
    # An outcome, which may be said in two ways, is what is asked for; whom it is about is said of much else.
    total = sum(map(len, wanted.values()))
    for number, (counts, places) in enumerate(counted):
        least = _SATURATION * (1 - _LENGTH + _LENGTH * sum(counts.values()) / average)
        said = [
            (
                len(ways),
                max(
                    share * rarity[way] * _weighed(counts.get(way, 0.0), least) for way, share in ways.items()
                ),
            )
            for ways in wanted.values()
        ]
        places_of = (next((places[way] for way in ways if way in places), None) for ways in wanted.values())
        if reasons := dict.fromkeys(filter(None, places_of)):
            share = sum(weight for weight, score in said if score) / total
            yield number, sum(score for _, score in said) * share, "; ".join(reasons)


def _weighed(count: float, least: float) -> float:
    return count * (_SATURATION + 1) / (count + least)


def _by_meaning(words: str, documents: Sequence[_Document]) -> Iterator[tuple[int, float, str]]:
    """Those that are near: their number, score and why."""
    texts = [" ".join(_WORD.findall(document.described)) for document in documents]
    for number, near in enumerate(nearness(words, texts) or ()):
        if near >= _LEAST_NEAR:
            yield number, near * _NEAR, f"meaning: {near:.2f} near to {_shown(documents[number].described)}"


def _wanted(words: str) -> dict[str, dict[str, float]]:
    """Each word that is asked for, and in which ways it may be said: how much each is worth."""
    wanted: dict[str, dict[str, float]] = {}
    for word in _words(words):
        ways = wanted.setdefault(_stem(word), {_stem(word): 1.0})
        if ended := outcome(word, is_asked=True):
            ways[f"{_ENDED_AS}{ended}"] = _OTHER_WORD
    return wanted


def _words(text: str) -> Iterator[str]:
    """The words of a text or a name, in small letters, those left out that are everywhere."""
    for word in _WORD.findall(_HYPHEN.sub(r"\1", text)):
        if (lower := word.lower()) not in _STOP:
            yield lower


def stems(text: str) -> Iterator[str]:
    """The words of a text or a name without what grammar adds, those left out that are everywhere.

    Example:
        >>> list(stems("customers who stopped paying")), list(stems("CustomerPayments_total"))
        (['custom', 'stop', 'pay'], ['custom', 'pay', 'total'])
    """
    return map(_stem, _words(text))


def _stem(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            return word[:-1] if word[-1] == word[-2] and word[-1] not in "lsz" else word
    return word


def _counted(document: _Document) -> tuple[dict[str, float], dict[str, str]]:
    """How often each word stands in it, by weight, and where it was seen first."""
    counts: dict[str, float] = {}
    places: dict[str, str] = {}
    for where, text, weight in document.texts:
        for word in _words(text):
            ended = outcome(word)
            for way in (_stem(word), *([f"{_ENDED_AS}{ended}"] if ended else ())):
                counts[way] = counts.get(way, 0.0) + weight
                places.setdefault(way, f"{where}: {_shown(text)}")
    return counts, places


def _shown(text: str) -> str:
    """Its beginning, cut between words alone: half a name is no name."""
    if len(text) <= _SHOWN_LENGTH:
        return text
    whole = text[:_SHOWN_LENGTH].rpartition(" ")[0] or text.partition(" ")[0]
    return f"{whole} ..."


def _datasets(mesh: Workspace) -> Iterator[_Document]:
    for state in remembered(mesh.settings):
        if not state["is_current"]:
            continue
        name = state["dataset"]["dataset"]
        columns = [column["column_name"] for column in state["columns"]]
        labels = {each["column_name"]: _answered(each["column_name"]) for each in state["labels"]}
        told_of_labels = [("likely label", f"{label} {answered}", 1.0) for label, answered in labels.items()]
        told_of_columns = (("column", each, 0.5) for each in columns)
        texts = (("name", name.partition(".")[2], 3.0), *told_of_columns, *told_of_labels)
        yield _Document("dataset", name, texts)
        for column in state["columns"]:
            told = [("name", column["column_name"], 3.0)]
            if column["column_name"] in labels:
                told.append(("likely label", labels[column["column_name"]], 2.0))
            if column["personal"]:
                told.append(("personal data", column["personal"], 2.0))
            elif column["top_values"]:
                told.append(("values", column["top_values"], 1.0))
            if column["comment"]:
                told.append(("comment", column["comment"], 1.0))
            yield _Document("column", f"{name}.{column['column_name']}", tuple(told))


def _answered(label: str) -> str:
    return _LEFT if is_about_leaving(label) else _ENDED


def _products(mesh: Workspace) -> Iterator[_Document]:
    for name, product in mesh.products.products.items():
        contract = product.contract
        columns = (("column", column.name, 0.5) for column in contract.columns)
        yield _Document(
            "product",
            str(name),
            (("name", str(name), 3.0), ("description", contract.description, 1.0), *columns),
        )
        for column in contract.columns:
            told = (("name", column.name, 3.0), ("description", column.description, 1.0))
            yield _Document("column", f"{name}.{column.name}", told)


def _questions(mesh: Workspace) -> Sequence[_Document]:
    return [
        _Document("question", question.name, (("name", question.name, 3.0), ("question", question.text, 2.0)))
        for question in readable_questions(mesh.settings.questions)
    ]
