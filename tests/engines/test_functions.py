from pathlib import Path

import pytest

from meshlake.engines.trino.dialect import functions


@pytest.mark.services
def test_the_functions_listed_are_those_trino_has(endpoints):
    listed = Path(functions.__file__).with_name("trino_functions.txt").read_text(encoding="ascii").split()
    assert functions.listed_functions(endpoints.trino_url) == listed
