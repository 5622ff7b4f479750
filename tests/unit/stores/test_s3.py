"""What S3 says and what is told of it. That it works with a real store: tests/integration/services/test_stores.py."""

from __future__ import annotations

import sys

import pytest

from meshlake.errors import MissingPackageError, ServiceError, StorageError
from meshlake.stores.s3 import S3
from support.answering_s3 import answering_s3, error_body, list_body


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, "SignatureDoesNotMatch", "S3 refuses the secret key"),
        (403, "InvalidAccessKeyId", "S3 does not know the access key"),
        (403, "AccessDenied", "S3 denies these keys the access"),
        (404, "NoSuchBucket", "the bucket does not exist"),
        (507, "XMinioStorageFull", "no space is left to write to"),
        (409, "XMinioAdminBucketQuotaExceeded", "the bucket's quota is used up"),
        (400, "SomethingElse", "S3 says: An error occurred (SomethingElse)"),
    ],
)
@pytest.mark.parametrize("is_written", [False, True])
def test_a_problem_is_told_by_its_code(status, code, told, is_written):
    with answering_s3(status, error_body(code)) as store, pytest.raises(ServiceError) as caught:
        store.examine("s3://bucket/zone", is_written=is_written)
    assert caught.value.message.startswith(told)
    assert caught.value.hint


@pytest.mark.slow
def test_words_of_a_message_decide_nothing():
    body = "<Error><Code>Odd</Code><Message>NoSuchBucket: no space left, AccessDenied</Message></Error>"
    with answering_s3(400, body) as store, pytest.raises(ServiceError, match=r"S3 says: .*Odd"):
        store.examine("s3://bucket", is_written=True)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "https://no.such.host.invalid"])
def test_a_server_that_is_not_there_does_not_answer(endpoint):
    with pytest.raises(ServiceError, match="S3 does not answer"):
        S3(endpoint, "key", "secret").examine("s3://bucket", is_written=False)


def test_an_endpoint_that_is_none_is_a_problem_too():
    with pytest.raises(ServiceError, match="S3 says: Invalid endpoint"):
        S3("http://a b", "key", "secret").examine("s3://bucket", is_written=False)


@pytest.mark.slow
def test_a_refusal_while_working_is_told_with_the_address():
    with (
        answering_s3(403, error_body("AccessDenied")) as store,
        pytest.raises(StorageError, match=r"s3://bucket/zone: S3 says: in S3's words"),
    ):
        store.files("s3://bucket/zone")


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
