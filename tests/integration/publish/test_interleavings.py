"""Any interleaving of drafts: `main` always holds one published draft whole; one that was overtaken is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from meshlake.column import Column
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.errors import ConflictError
from meshlake.lake.catalog import Lake
from meshlake.lake.clean import clean_lake
from meshlake.lake.draft import Draft, rollback
from meshlake.settings import load_settings
from meshlake.types.tree import Scalar

PEOPLE = ("crm", "people")
# Drafts of both shapes compete: a mix of their schemas or rows would show.
SHAPES = (
    (Column("id", Scalar.BIGINT), Column("run", Scalar.BIGINT)),
    (Column("run", Scalar.BIGINT), Column("id", Scalar.VARCHAR)),
)
ACTIONS = st.tuples(
    st.sampled_from(["begin", "begin", "write", "write", "publish", "publish", "rollback", "clean"]),
    st.integers(0, 2),
    st.sampled_from([0, 1]),
)


@dataclass
class Competitor:
    """A draft, of which run and shape, and what had been done before it began."""

    run: int
    draft: Draft
    shape: int
    moves: int
    writes: int
    is_written: bool = False


@dataclass
class Competition:
    """A lake, the drafts under way, and what should be published."""

    lake: Lake
    drafts: dict[int, Competitor] = field(default_factory=dict)
    moves: list[int] = field(default_factory=list)  # the run that `main` was moved to, each time
    writes: list[int] = field(default_factory=list)  # the shape of each draft written to a branch
    started: int = 0


def rows_of(run: int) -> int:
    return 3 + run


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@example(
    actions=[
        ("begin", 0, 1),
        ("begin", 1, 0),
        ("write", 1, 0),
        ("write", 0, 0),
        ("write", 0, 0),
        ("publish", 1, 0),
    ]
)
@given(actions=st.lists(ACTIONS, min_size=4, max_size=16))
def test_main_is_always_one_published_draft(tmp_path_factory, actions):
    mesh = load_settings({"MESH_HOME": str(tmp_path_factory.mktemp("lake"))})
    competition = Competition(Lake(mesh))
    with DuckDBSession(mesh, "test") as session:
        for kind, slot, shape in actions:
            step(competition, session, kind, slot, shape)
            assert_main_is_whole(competition)


def step(competition: Competition, session: DuckDBSession, kind: str, slot: int, shape: int) -> None:
    lake, moves = competition.lake, competition.moves
    if kind == "begin":
        competition.started += 1
        draft = Draft(lake, PEOPLE, SHAPES[shape], f"r{competition.started}")
        competition.drafts[slot] = Competitor(
            competition.started, draft, shape, len(moves), len(competition.writes)
        )
    elif kind == "rollback" and moves:
        first = lake.history(PEOPLE)[-1]
        rollback(lake, PEOPLE, first.snapshot_id)
        moves.append(int(first.properties["run"]))
    elif kind == "clean":
        clean_lake(lake, {}, grace_seconds=3600)
    elif competitor := competition.drafts.get(slot):
        if kind == "write" and not competitor.is_written:
            write(competition, session, competitor)
            if not competitor.is_written:  # a build that was refused begins anew
                del competition.drafts[slot]
        elif kind == "publish" and competitor.is_written:
            del competition.drafts[slot]
            publish(competition, competitor)


def write(competition: Competition, session: DuckDBSession, competitor: Competitor) -> None:
    selected = {"id": "i", "run": str(competitor.run)}
    columns = SHAPES[competitor.shape]
    names = ", ".join(f"CAST({selected[c.name]} AS {c.type}) AS {c.name}" for c in columns)
    staged = session.stage(f"SELECT {names} FROM range({rows_of(competitor.run)}) t(i)", competitor.draft)
    try:
        competitor.draft.write_branch(staged.files, {"run": str(competitor.run)})
    except ConflictError:
        # Another's columns, even waiting on a branch, take the ids that this draft's files were written with.
        assert competition.writes[competitor.writes :] or competition.moves[competitor.moves :]
        return
    competitor.is_written = True
    competition.writes.append(competitor.shape)


def publish(competition: Competition, competitor: Competitor) -> None:
    # Moved away and back again is as good as never moved.
    before = competition.moves[: competitor.moves][-1:]
    is_overtaken = before != competition.moves[-1:]
    try:
        competitor.draft.publish()
    except ConflictError:
        assert is_overtaken
    else:
        assert not is_overtaken
        competition.moves.append(competitor.run)


def assert_main_is_whole(competition) -> None:
    table = competition.lake.table(PEOPLE)
    if not competition.moves:
        assert table is None or table.current_snapshot() is None
        return
    run = competition.moves[-1]
    rows = table.scan().to_arrow().to_pylist()
    assert len(rows) == rows_of(run)
    assert {row["run"] for row in rows} == {run}
    assert {int(row["id"]) for row in rows} == set(range(rows_of(run)))
