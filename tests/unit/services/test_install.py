import stat

import pytest

from meshlake.services import install


def _script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("majors", "chosen"),
    [(["15"], "15"), (["13", "15", "17"], "15"), (["17", "16"], "16")],
)
def test_postgres_is_the_oldest_that_fits(tmp_path, majors, chosen):
    for major in majors:
        _script(tmp_path / major / "bin" / "initdb", "")
    assert install.postgres(print, tmp_path) == tmp_path / chosen / "bin"


def test_minio_on_the_path_is_taken(tmp_path, monkeypatch):
    program = _script(tmp_path / "minio", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install.minio(tmp_path / "cache", print) == program


def test_java_that_is_new_enough_is_taken(tmp_path, monkeypatch):
    _script(tmp_path / "bin" / "java", "echo 'openjdk version \"24.0.2\" 2025-07-15' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert install.java(tmp_path / "cache", print) == tmp_path


@pytest.mark.parametrize(
    ("said", "major"),
    [('openjdk version "17.0.15" 2025', 17), ('java version "1.8.0_1"', 1), ("nonsense", 0)],
)
def test_java_version_is_read(tmp_path, said, major):
    _script(tmp_path / "bin" / "java", f"echo '{said}' >&2")
    assert install.java_major(tmp_path) == major


def test_no_java_is_version_zero(tmp_path):
    assert install.java_major(tmp_path) == 0
