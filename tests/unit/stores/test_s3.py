"""What S3 says and what is told of it. That it works with a real store: tests/integration/services/test_stores.py."""

from __future__ import annotations

import sys

import pytest

from meshlake.errors import MissingPackageError, ServiceError
from meshlake.stores.s3 import S3
from support.answering_s3 import answering_s3, list_body


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "https://no.such.host.invalid"])
def test_a_server_that_is_not_there_does_not_answer(endpoint):
    with pytest.raises(ServiceError, match="S3 does not answer"):
        S3(endpoint, "key", "secret").examine("s3://bucket", is_written=False)


def test_an_endpoint_that_is_none_is_a_problem_too():
    with pytest.raises(ServiceError, match="S3 says: Invalid endpoint"):
        S3("http://a b", "key", "secret").examine("s3://bucket", is_written=False)


def test_markers_of_folders_are_no_files():
    with answering_s3(200, list_body(["zone/", "zone/crm/", "zone/crm/a b.csv"])) as store:
        (file,) = store.files("s3://bucket/zone")
    assert (file.name, file.version, file.size_bytes) == ("crm/a b.csv", "etag", 3)


def test_no_key_is_shown():
    assert "secret" not in repr(S3(access_key="a secret", secret_key="a secret"))


@pytest.mark.parametrize(
    ("package", "ask"),
    [
        ("s3fs", lambda store: store.files("s3://bucket")),
        ("botocore", lambda store: store.examine("s3://bucket", is_written=False)),
    ],
)
def test_a_missing_package_is_named_with_what_brings_it(package, ask, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == package] or [package]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingPackageError, match=f"S3 needs the package {package}") as told:
        ask(S3(access_key="key", secret_key="secret"))
    assert told.value.hint == "Install it: pip install 'meshlake[services]'"
