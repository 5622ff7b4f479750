"""Drafting again what is there: what would be drafted now against what stands, edits of people and news of data apart.

The draft of a product is kept in the mesh's home. A fact that stands as it was drafted and would be drafted otherwise
now is news of the data; one that does not stand as it was drafted was changed by a person, and is never taken back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.drafting.contract_facts import COLUMNS, PARTS, Fact, facts_of, with_facts
from meshlake.drafting.contract_splice import spliced
from meshlake.drafting.product_folder import draft_file, dump_yaml, keep_draft
from meshlake.drafting.reference import is_reference_rule
from meshlake.errors import UsageError
from meshlake.products.transform import CONTRACT_FILE
from meshlake.stores.disk import write_whole
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from meshlake.names import ProductName
    from meshlake.settings import Settings
    from meshlake.yaml_file import YamlFile

DATA, PERSON, BOTH, UNKNOWN = "data", "person", "both", "unknown"
_IN_WORDS = {
    DATA: "the data says so now",
    PERSON: "changed by a person, and kept",
    BOTH: "changed by a person, and the data says otherwise now",
    UNKNOWN: "who changed it is not known, since the draft was not kept",
}


@dataclass(frozen=True)
class Change:
    """A fact that stands otherwise than it would be drafted now; None where it is not there.

    `by` is data, person, both, or unknown where the draft was not kept; `line` is that of the column in the contract,
    0 where it has none. `is_taken` when the contract has been brought to what is drafted.
    """

    fact: Fact
    standing: Any
    drafted: Any
    by: str
    line: int
    is_taken: bool = False

    @property
    def is_news(self) -> bool:
        """Whether the data says otherwise than it did; of what was not kept, only what is not there at all."""
        return self.by == DATA or (self.by == UNKNOWN and self.standing is None)

    @property
    def in_words(self) -> str:
        """Who changed it, or that it was taken."""
        return "taken" if self.is_taken else _IN_WORDS[self.by]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        rest = asdict(self)
        del rest["fact"]
        return {"part": self.fact.part, "column": self.fact.column, "what": self.fact.what} | rest


@dataclass(frozen=True)
class Redrafted:
    """A product that was there when it was drafted: what differs, in the order of its contract."""

    name: ProductName
    folder: Path
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        changes = [each.as_dict() for each in self.changes]
        return {"product": str(self.name), "folder": str(self.folder), "changes": changes}


def parts_of(words: Collection[str]) -> frozenset[str]:
    """The parts that `--update` names.

    Raises:
        UsageError: there is no such part.
    """
    for word in words:
        if word not in {*PARTS, "all"}:
            raise UsageError(f"'{word}' is no part of a draft", f"Name one of {', '.join(PARTS)}, all.")
    return frozenset(PARTS if "all" in words else words)


def redraft(
    settings: Settings,
    name: ProductName,
    drafted: Mapping[str, Any],
    update: Collection[str] = (),
    *,
    has_references: bool = True,
) -> Redrafted:
    """Compare the contract of `name` with what is `drafted` now, and bring the parts named in `update` to it.

    Where references were not looked for, those that stand are left out of it.

    Raises:
        ContractError: the contract cannot be read.
        UsageError: the parts cannot be taken without touching what else the file says; nothing is then written.
    """
    parts = parts_of(update)
    source = _standing(settings, name)
    kept = _kept(settings, name)
    standing, now = source.data, _renamed(_plain(drafted), source.data)
    base = None if kept is None else _renamed(kept, standing)
    changes = _compared(facts_of(standing), facts_of(now), None if base is None else facts_of(base))
    if not has_references:
        changes = [each for each in changes if not _is_of_a_reference(each)]
    taken = _taken(changes, parts)
    if taken:
        text = source.path.read_text(encoding="utf-8")
        _replace(source.path, spliced(source, text, with_facts(standing, taken)))
        keep_draft(settings, name, now if base is None else with_facts(base, taken))
    lines = _lines(source)
    told = (
        replace(each, line=lines.get(each.fact.column, 0), is_taken=each.fact in taken) for each in changes
    )
    return Redrafted(name, source.path.parent, tuple(told))


def since_drafted(settings: Settings, name: ProductName) -> Redrafted | None:
    """What people changed of `name` since it was drafted; None where its draft was not kept.

    Raises:
        ContractError: the contract cannot be read.
    """
    kept = _kept(settings, name)
    return None if kept is None else redraft(settings, name, kept)


def named_as_standing(settings: Settings, name: ProductName, drafted: Mapping[str, Any]) -> dict[str, Any]:
    """What is `drafted`, with the names that people gave to its columns in the contract that stands.

    Raises:
        ContractError: that cannot be read.
    """
    return _renamed(_plain(drafted), _standing(settings, name).data)


def _standing(settings: Settings, name: ProductName) -> YamlFile:
    path = settings.products / name.domain / name.product / CONTRACT_FILE
    return read_yaml(path, "a contract", "Start with 'apiVersion: v3.1.0'.")


def _lines(source: YamlFile) -> dict[str, int]:
    names = [str(each.get("name")) for each in source.data["schema"][0].get("properties") or ()]
    return {name: source.line(("schema", 0, "properties", n)) for n, name in enumerate(names)}


def _is_of_a_reference(change: Change) -> bool:
    rules = (change.standing, change.drafted)
    is_rule = any(isinstance(each, dict) and is_reference_rule(each) for each in rules)
    return is_rule or change.fact.is_reference


def _kept(settings: Settings, name: ProductName) -> dict[str, Any] | None:
    path = draft_file(settings, name)
    return dict(read_yaml(path, "a draft", "Draft it anew.").data) if path.exists() else None


def _plain(drafted: Mapping[str, Any]) -> dict[str, Any]:
    """As it is read from its file."""
    return dict(yaml.safe_load(dump_yaml(drafted)))


def _renamed(drafted: Mapping[str, Any], standing: Mapping[str, Any]) -> dict[str, Any]:
    """`drafted` with columns called as in `standing`, where a person gave another name to the same landed columns."""
    ours = {str(each["name"]): _made_of(each) for each in standing["schema"][0].get("properties") or ()}
    table = dict(drafted["schema"][0])
    drafted_names = {each["name"] for each in table["properties"]}
    called = {made: name for name, made in ours.items() if name not in drafted_names}
    table["properties"] = [
        {**each, "name": called[_made_of(each)], "transformSourceObjects": list(_made_of(each))}
        if each["name"] not in ours and "transformLogic" not in each and _made_of(each) in called
        else each
        for each in table["properties"]
    ]
    return {**drafted, "schema": [table]}


def _made_of(prop: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, prop.get("transformSourceObjects") or (prop["name"],)))


def _compared(
    standing: Mapping[Fact, Any], now: Mapping[Fact, Any], base: Mapping[Fact, Any] | None
) -> list[Change]:
    changes = []
    for fact in dict.fromkeys((*standing, *now)):
        stands, drafted = standing.get(fact), now.get(fact)
        if stands == drafted:
            continue
        was = None if base is None else base.get(fact)
        if base is None:
            by = UNKNOWN
        elif was == stands:
            by = DATA
        else:
            by = PERSON if was == drafted else BOTH
        changes.append(Change(fact, stands, drafted, by, 0))
    return changes


def _taken(changes: Collection[Change], parts: Collection[str]) -> dict[Fact, Any]:
    """What is taken: news of the data in these parts, and of what was not kept only what is not there at all.

    A new column comes with its checks. One that people changed, or gave rules of their own, stays.
    """
    new = {each.fact.column for each in changes if each.fact.is_column and each.standing is None}
    gone = {each.fact.column for each in changes if each.fact.is_column and each.drafted is None}
    theirs = {each.fact.column for each in changes if each.by in {PERSON, BOTH}}
    taken = {}
    for change in changes:
        column = change.fact.column
        part = COLUMNS if column in new | gone else change.fact.part
        if change.is_news and part in parts and not (column in gone and column in theirs):
            taken[change.fact] = change.drafted
    return taken


def _replace(path: Path, text: str) -> None:
    """Let the file have `text`, at once for whoever reads it."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Make it writable.") from error
