"""A Trino that asks for a password: the health check and every query give the one of MESH_TRINO, and by HTTPS alone.

The server here is none, only its way of asking: what arrives in `Authorization` is what is tested. Its certificate is
its own, and trusted by the variable that Python's HTTP clients go by.
"""

from __future__ import annotations

import json
import ssl
import subprocess
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from meshlake.engines.engine import engine_of
from meshlake.engines.trino.client import TrinoClient
from meshlake.engines.trino.connection import connect
from meshlake.errors import ServiceError, SystemFailure
from meshlake.health import diagnose, require_servers
from meshlake.settings import load_settings

USER, PASSWORD = "ana", "p@ss:word"
IN_ADDRESS = "p%40ss%3Aword"
NUMBER = {
    "name": "n",
    "type": "varchar",
    "typeSignature": {"rawType": "varchar", "arguments": []},
}


@dataclass
class AskingServer:
    """An HTTPS server on loopback; `given` are the headers that statements came with."""

    port: int = 0
    given: list[str | None] = field(default_factory=list)

    def address(self, password: str | None) -> str:
        return f"https://{USER}{'' if password is None else f':{password}'}@localhost:{self.port}"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def trino(certificate, monkeypatch):
    asked = AskingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            statement = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.given.append(self.headers["Authorization"])
            expected = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if self.headers["Authorization"] != f"Basic {expected}":
                self.answer(401, b"Unauthorized")
                return
            rows = [["mesh"], ["landing"]] if statement == "SHOW CATALOGS" else [["1"]]
            body = {
                "id": "q",
                "infoUri": "",
                "columns": [NUMBER],
                "data": rows,
                "stats": {"state": "FINISHED"},
            }
            self.answer(200, json.dumps(body).encode())

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Into no test's output."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    asked.port = server.server_address[1]
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "cert.pem"))
    yield asked
    server.shutdown()
    server.server_close()
    serving.join()


def settings(trino, folder, password=IN_ADDRESS):
    return load_settings({"MESH_ENGINE": "trino", "MESH_TRINO": trino.address(password)}, folder)


def test_the_health_check_gives_the_password(trino, tmp_path):
    (finding,) = diagnose(settings(trino, tmp_path))
    assert finding.problem is None
    assert finding.subject == f"Trino https://localhost:{trino.port}"
    require_servers(settings(trino, tmp_path))
    assert set(trino.given) == {f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"}


def test_a_query_gives_the_password(trino):
    with closing(connect(trino.address(IN_ADDRESS))) as connection:
        assert connection.cursor().execute("SELECT 1").fetchall() == [["1"]]


@pytest.mark.parametrize("password", ["wrong", None], ids=["a wrong password", "none"])
def test_what_trino_refuses_is_told_as_such_and_without_the_password(trino, tmp_path, password):
    (finding,) = diagnose(settings(trino, tmp_path, password))
    assert finding.problem == "Trino refuses the user, or the password"
    assert finding.hint.startswith("Check MESH_TRINO")
    assert "wrong" not in repr(finding)
    with pytest.raises(ServiceError, match="Trino refuses"):
        require_servers(settings(trino, tmp_path, password))
    client = TrinoClient(trino.address(password), "crm.people", None)
    with closing(client), pytest.raises(SystemFailure, match=r"crm\.people: Trino refuses the user"):
        client.run("SELECT 1")


def test_a_password_is_never_sent_unencrypted(trino, tmp_path):
    address = trino.address(IN_ADDRESS).replace("https", "http")
    mesh = load_settings({"MESH_ENGINE": "trino", "MESH_TRINO": address}, tmp_path)
    (finding,) = diagnose(mesh)
    assert finding.problem == "MESH_TRINO would send its password unencrypted"
    assert trino.given == []


def test_a_certificate_that_is_not_trusted_is_not_answered(trino, tmp_path, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    mesh = settings(trino, tmp_path)
    (examine,) = engine_of(mesh).examinations(mesh, is_chosen=True).values()
    with pytest.raises(ServiceError, match="Trino does not answer"):
        examine()
    assert trino.given == []
