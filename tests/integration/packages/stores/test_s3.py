"""What S3 says and what is told of it. That it works with a real store: tests/integration/services/test_stores.py."""

from __future__ import annotations

import pytest

from meshlake.errors import ServiceError, StorageError
from support.answering_s3 import answering_s3, error_body


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


def test_words_of_a_message_decide_nothing():
    body = "<Error><Code>Odd</Code><Message>NoSuchBucket: no space left, AccessDenied</Message></Error>"
    with answering_s3(400, body) as store, pytest.raises(ServiceError, match=r"S3 says: .*Odd"):
        store.examine("s3://bucket", is_written=True)


def test_a_refusal_while_working_is_told_with_the_address():
    with (
        answering_s3(403, error_body("AccessDenied")) as store,
        pytest.raises(StorageError, match=r"s3://bucket/zone: S3 says: in S3's words"),
    ):
        store.files("s3://bucket/zone")
