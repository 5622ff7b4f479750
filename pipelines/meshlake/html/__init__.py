"""Pages to look at: one file each, in one style, that needs no network; every text escaped."""

from meshlake.html.document import document, write_page
from meshlake.html.text import table, text

__all__ = ["document", "table", "text", "write_page"]
