"""A server that gives S3's answers word by word: for what a real store says only when it is full or misused."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from meshlake.stores.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def error_body(code: str) -> str:
    return f"<Error><Code>{code}</Code><Message>in S3's words</Message></Error>"


def list_body(keys: Sequence[str], etag: str = "etag") -> str:
    facts = f"<LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>{etag}</ETag><Size>3</Size>"
    contents = "".join(f"<Contents><Key>{escape(key)}</Key>{facts}</Contents>" for key in keys)
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"


@contextmanager
def answering_s3(status: int, body: str) -> Iterator[S3]:
    """A store whose server gives every request this answer."""

    class Answer(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_PUT = do_HEAD = answer  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield S3(f"http://127.0.0.1:{server.server_port}", "the key", "the secret")
        finally:
            server.shutdown()
            thread.join()
