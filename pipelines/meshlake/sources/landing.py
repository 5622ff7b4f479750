"""All that has landed in a mesh, whatever the source of each dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.landing.zone import LandingZone
from meshlake.sources import FILES, SOURCES, Place
from meshlake.sources.files import LandedFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.names import DatasetName
    from meshlake.settings import Settings
    from meshlake.sources import Landed, Source


class Landing(LandingZone):
    """The landing zone, and the datasets that live elsewhere, whatever lies in the zone under their names.

    `places` are those that contracts name.
    """

    def __init__(self, settings: Settings, places: Mapping[DatasetName, Place]) -> None:
        super().__init__(settings.landing, settings.store_of(settings.landing), places.keys())
        self.places = places
        self._settings = settings

    def landed(self, name: DatasetName) -> Landed:
        """The dataset `name` as it is now.

        Raises:
            NotLandedError: there is nothing under this name.
            LandingError: it cannot be read.
        """
        if name not in self.places:
            return LandedFiles(self.dataset(name))
        return self.source_of(name).look_at(name, self.places[name])

    def source_of(self, name: DatasetName) -> Source:
        """The source of a dataset."""
        return SOURCES.get(self.places[name].source if name in self.places else FILES)(self._settings)

    def about(self, name: DatasetName) -> str:
        """What a dataset is, in a sentence."""
        return self.source_of(name).about(name, self.places.get(name, Place(FILES)))
