import pytest

from pipelines.engine.dialect.functions import listed_functions, trino_functions


@pytest.mark.services
def test_the_functions_listed_are_those_trino_has(endpoints):
    assert set(listed_functions(endpoints.trino_url)) <= trino_functions()
