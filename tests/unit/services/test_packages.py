import hashlib
import os

import pytest

from meshlake.errors import ServiceError
from meshlake.services import packages
from meshlake.services.settings import TRINO_CLI, TRINO_SERVER, MavenArtifact

_TINY = MavenArtifact("org.example", "tiny", "1.0", "jar", 5, hashlib.sha256(b"right").hexdigest())


@pytest.fixture
def fake_maven(tmp_path, monkeypatch):
    """A program called mvn that leaves a file where Maven would: the real one needs the network."""

    def install(content):
        program = tmp_path / "bin" / "mvn"
        program.parent.mkdir()
        program.write_text(
            "#!/bin/sh\n"
            'for word; do case "$word" in -Dmaven.repo.local=*) repository="${word#*=}";; esac; done\n'
            'folder="$repository/org/example/tiny/1.0"; mkdir -p "$folder"\n'
            f'printf {content} > "$folder/tiny-1.0.jar"\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return install


def test_coordinates_and_file_names():
    assert TRINO_SERVER.coordinates == "io.trino:trino-server:476:tar.gz"
    assert TRINO_SERVER.file_name == "trino-server-476.tar.gz"
    assert TRINO_CLI.coordinates == "io.trino:trino-cli:476:jar:executable"
    assert TRINO_CLI.file_name == "trino-cli-476-executable.jar"


def test_fetched_file_is_verified_kept_and_alone(tmp_path, fake_maven):
    fake_maven("right")
    path = packages.maven_fetch(_TINY, tmp_path / "cache", print)
    assert path == tmp_path / "cache" / "tiny-1.0.jar"
    assert path.read_text() == "right"
    assert list(path.parent.iterdir()) == [path]


def test_what_is_there_is_not_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    (tmp_path / "tiny-1.0.jar").write_text("right")
    assert packages.maven_fetch(_TINY, tmp_path, print) == tmp_path / "tiny-1.0.jar"


def test_file_of_another_content_is_refused_and_removed(tmp_path, fake_maven):
    fake_maven("wrong")
    with pytest.raises(
        ServiceError, match=r"tiny-1.0.jar is not the file expected: its SHA-256 is [0-9a-f]{64}"
    ):
        packages.maven_fetch(_TINY, tmp_path / "cache", print)
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_missing_go_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServiceError, match="MinIO is not on this machine, and Go") as error:
        packages.go_install("MinIO", "example.org/minio@v1", tmp_path / "minio", print)
    assert "Install Go" in (error.value.hint or "")


def test_missing_apt_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServiceError, match="PostgreSQL is not on this machine") as error:
        packages.apt_install("PostgreSQL", "postgresql-15", print)
    assert error.value.hint == "On Debian: sudo apt-get install postgresql-15"
