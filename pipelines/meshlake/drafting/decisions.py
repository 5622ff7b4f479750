"""What a draft leaves to people: what the data leaves open, and what was decided that a person should confirm."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from meshlake.counting import for_example
from meshlake.discovery.missing import is_word, told
from meshlake.discovery.personal import classification_of
from meshlake.drafting.contract_draft import column_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join
    from meshlake.names import ProductName

# A reference that is told with less confidence is for people to confirm.
SURE_REFERENCE = 0.85


@dataclass(frozen=True)
class Decision:
    """One thing that a person has to decide about `product`.

    `kind` is domain, question, missing, key, personal, reference, drift, unreadable, lookup or label; `column` is that
    of the product, empty where it is about all of them; `command` is what to run if the answer is yes, empty where the
    contract is to edit.
    """

    product: ProductName
    kind: str
    column: str
    message: str
    command: str = ""

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self) | {"product": str(self.product)}


def decisions(
    profile: DatasetProfile, name: ProductName, why_domain: str, joins: Iterable[Join]
) -> Iterator[Decision]:
    """What people have to decide about the product `name`, drafted from `profile`, the most pressing first."""
    if why_domain:
        yield Decision(name, "domain", "", why_domain)
    names = column_names(profile)
    yield from _of_columns(profile, name)
    for question in profile.questions:
        yield Decision(name, "question", names.get(question.column, question.column), question.message)
    yield from _of_the_key(profile, name)
    for column in profile.columns:
        if column.personal:
            yield Decision(
                name,
                "personal",
                names[column.name],
                f"classified as {classification_of(column.personal)}: looks like {column.personal} "
                f"({column.personal_confidence:.2f}), since {column.personal_evidence}",
            )
    for join in joins:
        if join.dataset == profile.name and (doubt := doubt_of(join)):
            columns = ", ".join(names[each] for each in join.column.split(", "))
            yield Decision(name, "reference", columns, doubt)
    for drift in profile.drift:
        if drift not in profile.questions:
            yield Decision(name, "drift", names.get(drift.column, drift.column), drift.message)
    if profile.unreadable_count:
        is_one = profile.unreadable_count == 1
        lines = "1 line is" if is_one else f"{profile.unreadable_count:,} lines are"
        yield Decision(name, "unreadable", "", f"{lines} no rows; a build keeps them in {name.quarantine}")
    for label in profile.labels:
        command = f"mesh model churn {name} --label {names[label]}"
        known_after = [names[c.name] for c in profile.columns if any(leak.label == label for leak in c.leaks)]
        not_from = (
            f", not from {', '.join(known_after)}, most likely known only after it" if known_after else ""
        )
        message = f"could be predicted{not_from}; the product has to be built first"
        yield Decision(name, "label", names[label], message, command)


def _of_columns(profile: DatasetProfile, name: ProductName) -> Iterator[Decision]:
    names = column_names(profile)
    for column in profile.columns:
        if column.question:
            yield Decision(name, "question", names[column.name], column.question)
        if any(not is_word(word) for word, _ in column.missing):
            since = "; ".join(filter(None, (told(column.missing), column.evidence)))
            yield Decision(name, "missing", names[column.name], since)
        if column.misfits:
            yield Decision(name, "question", names[column.name], profile.nearly(column))


_NO_KEY = "no key was found: add primaryKey if you know one, or mesh adopt it --key row --update columns"


def _of_the_key(profile: DatasetProfile, name: ProductName) -> Iterator[Decision]:
    if profile.likely_key:
        return
    names = column_names(profile)
    if near := profile.near_key:
        columns = ", ".join(names[each] for each in near.columns)
        yield Decision(name, "key", columns, near.told(profile.row_count))
    elif profile.keys:
        columns = ", ".join(names[each] for each in profile.keys[0])
        yield Decision(
            name, "key", columns, "tells the rows apart, perhaps by chance: primaryKey, if it is meant to"
        )
    else:
        yield Decision(name, "key", "", _NO_KEY)


def doubt_of(join: Join) -> str:
    """What is in doubt about a reference, in words; empty where nothing is."""
    if join.is_declared:
        return ""
    doubts = []
    if join.confidence < SURE_REFERENCE:
        doubts.append(f"sure to {join.confidence:.2f}")
    if join.orphan_count:
        rows = "1 row has" if join.orphan_count == 1 else f"{join.orphan_count:,} rows have"
        doubts.append(f"{rows} no partner{for_example(join.orphan_example)}")
    if join.orphan_count is None:
        doubts.append(f"about {join.containment:.1%} of its values are found, not counted on all rows")
    if join.written:
        doubts.append(join.written)
    if not doubts:
        return ""
    evidence = [each for each in join.evidence if each != join.written]
    since = f", since {', '.join(evidence)}" if evidence else ""
    return f"refers to {join.other_column} of {join.other_dataset}: {'; '.join(doubts)}{since}"
