"""What discovery told, held against what is true: precision and recall, and each fault by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.discovery.truth import Column, Table
    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.joins import Join

    Pair = tuple[Table, DatasetProfile]


@dataclass
class Score:
    """How much was told, how much of it is right, and how much of what was wanted was found."""

    matter: str
    right: int = 0
    told: int = 0
    found: int = 0
    wanted: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """The share of what was told that is right; `None` where nothing was told."""
        return self.right / self.told if self.told else None

    @property
    def recall(self) -> float | None:
        """The share of what was wanted that was found; `None` where nothing was."""
        return self.found / self.wanted if self.wanted else None

    def add(self, where: str, told: str, answers: Sequence[str]) -> None:
        """One answer, empty for none, against those that are right, an empty one among them where none is."""
        is_right = told in answers or (not told and not answers)
        if told:
            self.told += 1
            self.right += is_right
        if answers and "" not in answers:
            self.wanted += 1
            self.found += is_right
        if not is_right:
            self.faults.append(f"{where}: told {told or 'nothing'}, is {' or '.join(answers) or 'nothing'}")

    def line(self) -> str:
        """The score as it is printed."""
        shown = [
            f"{value:9.3f}" if value is not None else "        -" for value in (self.precision, self.recall)
        ]
        return f"{self.matter:<34}{shown[0]}{shown[1]}   {self.right:>5}/{self.told:<5}{self.found:>5}/{self.wanted:<5}"


def score_types(pairs: Iterable[Pair]) -> Score:
    """The logical type of each column."""
    score = Score("types")
    for place, truth, column in _columns(pairs):
        score.add(place, column.found_type, truth.type.split("|"))
    return score


def score_meanings(pairs: Iterable[Pair]) -> Score:
    """What is meant by a column's values, where the profile says so."""
    score = Score("meanings")
    for place, truth, column in _columns(pairs):
        told = getattr(column, "meaning", "") or ""
        score.add(place, str(told), _answers(truth.meaning))
    return score


def score_personal(pairs: Iterable[Pair], matter: str) -> Score:
    """Whether a column is told to hold personal data, of whatever kind."""
    score = Score(matter)
    for place, truth, column in _columns(pairs):
        answers = _answers(truth.personal)
        is_free = "" in answers and len(answers) > 1
        right = ["", "personal"] if is_free else (["personal"] if answers else [])
        score.add(f"{place} ({column.personal})", "personal" if column.personal else "", right)
    return score


def score_keys(pairs: Iterable[tuple[str, Sequence[str], str, DatasetProfile]]) -> Score:
    """The likeliest key of each table, and what nearly is one; the order of a key's columns is no matter."""
    score = Score("keys")
    for name, keys, near_key, profile in pairs:
        near = profile.near_key
        told = profile.likely_key or (near.columns if near and near_key else ())
        answers = [near_key] if near_key else list(keys)
        score.add(name, _sorted(", ".join(told)), [_sorted(key) for key in answers])
    return score


def score_joins(joins: Iterable[Join], wanted: set[str], allowed: set[str], matter: str) -> Score:
    """The references, written as `of_pair` does; two columns that are both keys may refer either way."""
    score = Score(matter)
    told = {of_pair((j.dataset, j.column), (j.other_dataset, j.other_column)): j for j in joins}
    turned = {_turned(pair): pair for pair in wanted}
    either_way = allowed | {_turned(pair) for pair in allowed}
    hit: set[str] = set()
    for pair, join in sorted(told.items()):
        right = pair if pair in wanted else turned.get(pair, "") if join.is_one_to_one else ""
        if not right and pair in either_way:
            continue
        score.told += 1
        score.right += bool(right)
        hit.add(right)
        if not right:
            score.faults.append(f"false: {pair} ({join.confidence}, {'; '.join(join.evidence)})")
    score.wanted, score.found = len(wanted), len(wanted & hit)
    score.faults += [f"missed: {pair}" for pair in sorted(wanted - hit)]
    return score


def of_pair(one: tuple[str, str], other: tuple[str, str]) -> str:
    """A reference written so that the order of its columns does not matter: `a.b.c -> d.e.f`."""
    names = [each[0].removeprefix("landing.") for each in (one, other)]
    pairs = sorted(zip(one[1].split(", "), other[1].split(", "), strict=True))
    mine, others = (", ".join(each) for each in zip(*pairs, strict=True))
    return f"{names[0]}.{mine} -> {names[1]}.{others}"


def true_joins(tables: Iterable[Table]) -> tuple[set[str], set[str]]:
    """The references that are wanted, and those that are true and need not be told."""
    wanted: set[str] = set()
    allowed: set[str] = set()
    for table in tables:
        for column in table.columns:
            if column.refers:
                other, _, key = column.refers.lstrip("?").rpartition(".")
                place = allowed if column.refers.startswith("?") else wanted
                place.add(of_pair((table.name, column.name), (other, key)))
        for each in table.references:
            one, other_one = (
                (table.name, ", ".join(each.columns)),
                (each.table, ", ".join(each.other_columns)),
            )
            wanted.add(of_pair(one, other_one))
    return wanted, allowed


def score_labels(pairs: Iterable[Pair]) -> Score:
    """Which columns could be predicted."""
    score = Score("labels")
    for place, truth, column in _columns(pairs):
        score.add(place, "label" if column.is_likely_label else "", ["label"] if truth.is_label else [])
    return score


def score_dependencies(pairs: Iterable[Pair]) -> Score:
    """Which columns decide which others; what follows from what is told counts as told, twins either way."""
    score = Score("depends")
    for table, profile in pairs:
        true = _following((one, other) for one, others in table.depends for other in others)
        told = {(d.determinant, each.column) for d in profile.dependencies for each in d.dependents}
        turned = {
            (each.column, d.determinant)
            for d in profile.dependencies
            for each in d.dependents
            if each.is_one_to_one
        }
        wanted = {(one, other) for one, others in table.depends for other in others}
        found = wanted & _following(told | turned)
        right = {
            (one, other) for one, other in told if (one, other) in true or ((other, one) in true & turned)
        }
        score.told += len(told)
        score.right += len(right)
        score.wanted += len(wanted)
        score.found += len(found)
        score.faults += [f"false: {table.name}: {one} decides {other}" for one, other in sorted(told - right)]
        score.faults += [
            f"missed: {table.name}: {one} decides {other}" for one, other in sorted(wanted - found)
        ]
    return score


def _following(decided: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """All that `decided` says, with what follows from it."""
    found = set(decided)
    while more := {(a, d) for a, b in found for c, d in found if b == c and a != d} - found:
        found |= more
    return found


def _turned(pair: str) -> str:
    one, _, other = pair.partition(" -> ")
    return f"{other} -> {one}"


def _sorted(key: str) -> str:
    return ", ".join(sorted(key.split(", ")))


def _answers(text: str) -> list[str]:
    return text.split("|") if text else []


def _columns(pairs: Iterable[Pair]) -> Iterator[tuple[str, Column, ColumnProfile]]:
    """Each column by name, with its profile, found by its place: a file may have no names."""
    for table, profile in pairs:
        for truth, column in zip(table.columns, profile.columns, strict=True):
            yield f"{table.name}.{truth.name}", truth, column
