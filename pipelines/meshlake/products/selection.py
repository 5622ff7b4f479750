"""Selectors: which products a command is about, in the words that dbt and SQLMesh have for it.

| selector | selects |
|---|---|
| `crm.customers` | the product |
| `crm` | all products of the domain |
| `'crm.*'`, `'*.churn*'`, `'c*'` | products, or domains, whose names are like it |
| `tag:pii` | products whose contract has the tag |
| `state:modified` | products whose folder or inputs changed since what is published, or that were never published |
| `+X`, `X+`, `+X+` | X and all that it needs; and all that need it; both |
| `X,Y` | what X and Y both select |

Several selectors select what any of them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.products.graph import with_downstream, with_upstream
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from meshlake.names import ProductName
    from meshlake.products.load import ProductSet
    from meshlake.products.product import Product

MODIFIED = "state:modified"
_TAG, _STATE = "tag:", "state:"
_HINT = "`mesh list` names them all."
_FORMS = "Write <domain>.<product>, for example crm.customers, a domain, tag:NAME or state:modified."


def select(
    selectors: Iterable[str],
    products: ProductSet,
    is_modified: Callable[[ProductName], bool],
    others: Collection[ProductName] = (),
) -> list[ProductName]:
    """The products that `selectors` select, sorted; those that cannot be read are among them.

    Args:
        selectors: each as in the table above.
        products: what there is to select from.
        is_modified: what `state:modified` asks of a product; asked only then.
        others: names to select from besides, of which nothing more is known.

    Raises:
        UsageError: one selects nothing (naming the nearest), unless it asks for a state: that nothing is modified is
            an answer, no mistake.
    """
    apart = {name: broken.product for name, broken in products.broken.items() if broken.product is not None}
    names = frozenset({*products.products, *products.broken, *others})
    there = _There(products.products | apart, names, is_modified)
    chosen: set[ProductName] = set()
    for selector in selectors:
        chosen |= there.all_of(selector)
    return sorted(chosen)


@dataclass(frozen=True)
class _There:
    products: Mapping[ProductName, Product]
    names: frozenset[ProductName]
    is_modified: Callable[[ProductName], bool]

    def all_of(self, selector: str) -> set[ProductName]:
        """What all parts of a selector select."""
        parts = [part.strip() for part in selector.split(",")]
        found = set.intersection(*(self._with_graph(part) for part in parts))
        if not found and not any(part.removeprefix("+").startswith(_STATE) for part in parts):
            raise UsageError(f"'{selector}' selects nothing: no product is in all of its parts", _HINT)
        return found

    def _with_graph(self, part: str) -> set[ProductName]:
        core = part.removeprefix("+").removesuffix("+")
        chosen = self._named(core)
        wanted = set(chosen)
        if part.startswith("+"):
            wanted |= with_upstream(self.products, chosen)
        if part.endswith("+"):
            wanted |= with_downstream(self.products, chosen)
        return wanted

    def _named(self, word: str) -> set[ProductName]:
        if word.startswith(_STATE):
            return self._of_state(word)
        if word.startswith(_TAG):
            return self._tagged(word)
        found = {name for name in self.names if _is_like(str(name) if "." in word else name.domain, word)}
        if not found:
            raise self._unknown(word)
        return found

    def _of_state(self, word: str) -> set[ProductName]:
        if word != MODIFIED:
            raise UsageError(f"'{word}' is no state", f"The one there is is {MODIFIED}.")
        return {name for name in self.names if self.is_modified(name)}

    def _tagged(self, word: str) -> set[ProductName]:
        pattern = word.removeprefix(_TAG)
        described = self.products.values()
        found = {p.name for p in described if any(_is_like(tag, pattern) for tag in p.contract.tags)}
        if not found:
            known = self._tags()
            otherwise = f"There are {', '.join(known)}." if known else "No contract has any `tags`."
            hint = did_you_mean(pattern, [tag.removeprefix(_TAG) for tag in known], otherwise)
            raise UsageError(f"no contract has the tag '{pattern}'", hint)
        return found

    def _tags(self) -> list[str]:
        """Every tag that a contract has, as a selector."""
        return sorted({_TAG + tag for product in self.products.values() for tag in product.contract.tags})

    def _unknown(self, word: str) -> UsageError:
        full = sorted(map(str, self.names))
        if "." in word:
            return UsageError(f"there is no product {word}", did_you_mean(word, full, _HINT))
        # A method is mistyped as often as a domain, and a product's domain is easily left out.
        known = [*full, *sorted({name.domain for name in self.names}), MODIFIED, *self._tags()]
        near = [name for name in full if name.partition(".")[2] == word]
        meant = did_you_mean(word, known, "") if not near else f"Did you mean {' or '.join(near)}?"
        return UsageError(f"'{word}' is not a product name, nor a domain", f"{meant} {_FORMS}".strip())


def _is_like(text: str, pattern: str) -> bool:
    return text == pattern or fnmatchcase(text, pattern)
