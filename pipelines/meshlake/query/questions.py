"""The named questions of `sql/questions/`: what each asks, the answer time it promises, and whether it is
kept.

A question is one `.sql` file whose first comment lines say `-- question: ...` and `-- promised_seconds: ...`.
What the questions are about is theirs to say; nothing here knows a product.
"""

from __future__ import annotations

import json
import math
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meshlake.errors import MeshError, UsageError
from meshlake.query.guard import check_select
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from meshlake.engines.answer import Answer, ParsedQuery

_TIMINGS_FILE = "question_times.json"
_HEADER = re.compile(r"--\s*(question|promised_seconds):\s*(.*?)\s*")


@dataclass(frozen=True)
class Question:
    """One question a consumer asks in SQL; `name` is its file's stem, `promised_seconds` the p95 it
    promises."""

    name: str
    text: str
    promised_seconds: float
    query: ParsedQuery


@dataclass(frozen=True)
class Timing:
    """How long a question took to answer, run by run, in the order of running."""

    question: Question
    run_seconds: tuple[float, ...]
    row_count: int

    @property
    def p95_seconds(self) -> float:
        """The 95th percentile by nearest rank (the smallest time that 95 % of the runs did not exceed)."""
        return sorted(self.run_seconds)[math.ceil(0.95 * len(self.run_seconds)) - 1]

    @property
    def is_kept(self) -> bool:
        """Whether the promise is kept."""
        return self.p95_seconds <= self.question.promised_seconds


@dataclass(frozen=True)
class KeptTiming:
    """A `Timing` as it is kept for those who look at products later; `asked_at` is in UTC."""

    name: str
    asked_at: str
    p95_seconds: float
    promised_seconds: float
    run_count: int
    row_count: int
    engine: str

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return self.p95_seconds <= self.promised_seconds


def read_questions(folder: Path) -> tuple[Question, ...]:
    """The questions in `folder`, by name.

    Raises:
        UsageError: when a header is missing or wrong, or the SQL is not one that only reads; it names the
        file.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.sql")))


def readable_questions(folder: Path) -> Iterator[Question]:
    """As `read_questions`, without those that are wrong: of them whoever asks them is told."""
    for path in sorted(folder.glob("*.sql")):
        with suppress(UsageError):
            yield _read(path)


def keep_timings(home: Path, timings: Iterable[Timing], engine: str) -> None:
    """Keep what was measured, in the mesh's home: times are this machine's. Of other questions stays what is known."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    kept = kept_timings(home) | {
        t.question.name: KeptTiming(
            name=t.question.name,
            asked_at=now,
            p95_seconds=t.p95_seconds,
            promised_seconds=t.question.promised_seconds,
            run_count=len(t.run_seconds),
            row_count=t.row_count,
            engine=engine,
        )
        for t in timings
    }
    content = json.dumps([asdict(timing) for timing in kept.values()], indent=2)
    Disk().write(str(home / _TIMINGS_FILE), content.encode())


def kept_timings(home: Path) -> dict[str, KeptTiming]:
    """What was measured last of each question that was asked, by name."""
    content = Disk().read(str(home / _TIMINGS_FILE))
    found = [] if content is None else [KeptTiming(**each) for each in json.loads(content)]
    return {timing.name: timing for timing in found}


def time_question(answer: Answer, question: Question, run_count: int) -> Timing:
    """Have `answer`, that of `question`, run `run_count` times, the first included, reading every row of the answer.

    Raises:
        MeshError: when the question cannot be answered.
    """
    run_seconds = []
    row_count = 0
    for _ in range(run_count):
        started = time.perf_counter()
        row_count = len(answer.run().fetchall())
        run_seconds.append(time.perf_counter() - started)
    return Timing(question, tuple(run_seconds), row_count)


def _read(path: Path) -> Question:
    sql = path.read_text(encoding="utf-8")
    found = (_HEADER.fullmatch(line) for line in sql.splitlines())
    header = {line[1]: line[2] for line in found if line}
    for field in ("question", "promised_seconds"):
        if not header.get(field):
            raise UsageError(f"{path}: no line '-- {field}: ...'", "Write it at the top of the file.")
    try:
        promised_seconds = float(header["promised_seconds"])
    except ValueError as error:
        raise UsageError(
            f"{path}: promised_seconds is '{header['promised_seconds']}', not a number", "For example 0.5."
        ) from error
    try:
        query = check_select(sql)
    except MeshError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from error
    return Question(path.stem, header["question"], promised_seconds, query)
