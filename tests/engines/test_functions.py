from contextlib import closing
from pathlib import Path

import pytest

from meshlake.engines.trino.connection import connect
from meshlake.engines.trino.dialect import functions


@pytest.mark.services
def test_the_functions_listed_are_those_trino_has(endpoints):
    """With a new Trino, these names are the new content of the file."""
    listed = Path(functions.__file__).with_name("trino_functions.txt").read_text(encoding="ascii").split()
    with closing(connect(endpoints.trino_url)) as connection:
        rows = connection.cursor().execute("SHOW FUNCTIONS").fetchall()
    assert sorted({row[0].lower() for row in rows}) == listed
