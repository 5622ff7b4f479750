import sys

import pytest

from meshlake.errors import ServiceError
from meshlake.services import commands
from meshlake.services.commands import NICE, run_quietly, run_watched, succeeds


def _python(code):
    return [*NICE, sys.executable, "-c", code]


def test_output_and_errors_come_back_together():
    assert (
        run_quietly("It", _python("import sys; print(input()); print('b', file=sys.stderr)"), feed="a")
        == "a\nb\n"
    )


def test_failure_names_program_status_and_last_line():
    code = "import sys; print('one'); print('two\\n'); sys.exit(3)"
    for run in (
        lambda: run_quietly("It", _python(code)),
        lambda: run_watched("It", _python(code), str, print),
    ):
        with pytest.raises(ServiceError, match=f"It: {sys.executable} failed with status 3: two"):
            run()


def test_missing_program_is_named():
    with pytest.raises(ServiceError, match="It: no-such-program is not on this machine"):
        run_quietly("It", ["no-such-program"])


def test_progress_is_told_while_it_runs_and_once(monkeypatch):
    monkeypatch.setattr(commands, "_REPORT_SECONDS", 0.2)
    seen = []
    run_watched(
        "It", _python("import time; print('working', flush=True); time.sleep(2)"), str.upper, seen.append
    )
    assert seen in (["WORKING\n"], ["", "WORKING\n"])


@pytest.mark.parametrize(("code", "expected"), [("", True), ("raise SystemExit(1)", False)])
def test_succeeds(code, expected):
    assert succeeds(_python(code)) is expected
