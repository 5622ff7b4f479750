"""What can be found out of a mesh: what has landed, and what is about some words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.mesh.opened import OpenedMesh

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.discovery.discover import Discovery
    from meshlake.mesh.search import Hit


class FindingMesh(OpenedMesh):
    """The part of `Mesh` that looks at data nobody has described yet."""

    def discover(
        self, what: str | None = None, *, progress: Callable[[str], None] = lambda _: None
    ) -> Discovery:
        """What has landed really holds: types, keys, joins, personal data, drift, likely labels.

        What is new of it is kept with its history, to be asked of `mesh.discovered_columns` and the like.

        Args:
            what: a domain or schema, a dataset or table; everything when not given.
            progress: told in words what is being done.

        Raises:
            UsageError: nothing of that name has landed. What cannot be read is in `failures` of the answer.
        """
        from meshlake.discovery.discover import discover
        from meshlake.discovery.known import remember
        from meshlake.discovery.sources import chosen_sources

        found = discover(self.settings, chosen_sources(self.settings, what), progress)
        unread = list(map(str, found.failures))
        remember(self.settings, found.profiles, found.joins, is_all=what is None, unread=unread)
        return found

    def search(self, words: str, *, most: int = 20) -> list[Hit]:
        """What is about `words`, the best first: datasets that were discovered, products, columns, values, questions.

        Words are compared by their stems, and where the extra `meaning` is installed also by meaning. Values of
        personal columns are never looked at.

        Example:
            >>> mesh.search("plans of customers")[0].name
            'shop.plans'
        """
        from meshlake.mesh.search import search
        from meshlake.workspace import open_workspace

        return search(open_workspace(self.settings, has_products=False), words, most)
