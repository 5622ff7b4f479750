import os
import signal
import sys
import time

import pytest

from meshlake.errors import ServiceError
from meshlake.services.process import ProcessFile, locked

_PATIENCE_SECONDS = 0.5
_PRINT_THEN_SLEEP = "import time; print({0}, flush=True); time.sleep(60)"


@pytest.fixture
def process(tmp_path):
    process = ProcessFile(tmp_path / "it.pid")
    yield process
    process.stop(signal.SIGKILL, 5)


def _start(process, code, **environment):
    log = process.path.with_suffix(".log")
    process_id = process.start([sys.executable, "-c", code], environment, log)
    return process_id, log


def _first_line(log):
    deadline = time.monotonic() + 20
    while not (log.exists() and "\n" in log.read_text()):
        assert time.monotonic() < deadline, "the process printed nothing"
        time.sleep(0.02)
    return log.read_text().splitlines()[0]


def test_started_found_and_stopped(process):
    process_id, _ = _start(process, "import time; time.sleep(60)")
    assert process.running_id() == process_id
    assert process.stop(signal.SIGTERM, 5) is True
    assert process.running_id() is None
    assert not process.path.exists()
    assert process.stop(signal.SIGTERM, 5) is False


def test_runs_in_a_session_of_its_own(process):
    process_id, _ = _start(process, "import time; time.sleep(60)")
    assert os.getsid(process_id) == process_id


def test_ignored_signals_are_not_inherited(process):
    code = _PRINT_THEN_SLEEP.format("signal.getsignal(signal.SIGTERM).name")
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        _, log = _start(process, f"import signal; {code}")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert _first_line(log) == "SIG_DFL"


def test_environment_is_not_handed_on(process, monkeypatch):
    monkeypatch.setenv("SOMEONES_TOKEN", "x")
    code = _PRINT_THEN_SLEEP.format("sorted({'SOMEONES_TOKEN', 'PATH', 'OURS'} & set(os.environ))")
    _, log = _start(process, f"import os; {code}", OURS="y")
    assert _first_line(log) == "['OURS', 'PATH']"


def test_log_is_private_and_the_previous_one_kept(process):
    _, log = _start(process, _PRINT_THEN_SLEEP.format("'first'"))
    assert _first_line(log) == "first"
    assert log.stat().st_mode & 0o777 == 0o600
    process.stop(signal.SIGTERM, 5)
    _start(process, _PRINT_THEN_SLEEP.format("'second'"))
    assert _first_line(log) == "second"
    assert log.with_suffix(".previous.log").read_text() == "first\n"


def test_one_that_will_not_end_is_killed(process):
    _, log = _start(
        process, "import signal; signal.signal(15, signal.SIG_IGN); " + _PRINT_THEN_SLEEP.format("1")
    )
    _first_line(log)
    assert process.stop(signal.SIGTERM, _PATIENCE_SECONDS) is True
    assert process.running_id() is None


def test_one_that_ended_by_itself_is_not_running(process):
    process_id, _ = _start(process, "")
    deadline = time.monotonic() + 20
    while process.running_id() is not None:
        assert time.monotonic() < deadline, f"{process_id} does not end"
        time.sleep(0.02)


def test_a_process_that_was_given_a_used_id_is_not_taken_for_ours(process):
    process.path.write_text(f"{os.getpid()} 1\n")
    assert process.running_id() is None
    assert process.stop(signal.SIGKILL, 1) is False


@pytest.mark.parametrize("content", ["", "x", "1", "1 2 3"])
def test_damaged_process_file_names_no_process(process, content):
    process.path.write_text(content)
    assert process.running_id() is None


def test_missing_program_is_named(process):
    with pytest.raises(ServiceError, match="/no/such/program cannot be started: No such file or directory"):
        process.start(["/no/such/program"], {}, process.path.with_suffix(".log"))


def test_lock_is_held_by_one(tmp_path):
    log = tmp_path / "log"
    child = ProcessFile(tmp_path / "child.pid")
    code = (
        "import sys; from pathlib import Path; from meshlake.services.process import locked\n"
        f"with locked(Path({str(tmp_path / 'lock')!r})): print('locked', flush=True)"
    )
    with locked(tmp_path / "lock"):
        child.start([sys.executable, "-c", code], {"PYTHONPATH": os.pathsep.join(sys.path)}, log)
        time.sleep(1)
        assert log.read_text() == ""
    assert _first_line(log) == "locked"
    child.stop(signal.SIGTERM, 5)
