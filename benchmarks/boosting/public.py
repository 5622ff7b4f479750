"""Three public sets of several tables that packages carry: flights, patients, baseball; see `write_public`."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pandas as pd

from benchmarks.boosting.task import Task, Told, day

_INDEX_DAY, _YEAR = date(2000, 1, 1), 365
_FOLLOWED_YEARS, _PATIENT_CUTOFFS = 3, (0, 3, 6, 9)
_SEASONS = range(2002, 2016, 2)
_LATE_MINUTES = 30


def flights(folder: Path) -> Task:
    """Flights from New York on the 15th of each month of 2013: which come half an hour late, or not at all."""
    read = partial(_read, folder)
    every = read("flights")
    every["time_hour"] = pd.to_datetime(every["time_hour"]).dt.tz_localize(None)
    flown_on = pd.to_datetime(every[["year", "month", "day"]])
    labelled = every[every["day"] == 15].assign(
        flight_id=lambda rows: "F" + rows.index.astype(str).str.zfill(6),
        flown_on=day(flown_on[every["day"] == 15]),
        is_late=lambda rows: (~(rows["arr_delay"] <= _LATE_MINUTES)).astype("boolean"),
    )
    planned = ["carrier", "tailnum", "origin", "dest", "sched_dep_time", "sched_arr_time", "distance"]
    labelled = labelled[["flight_id", "flown_on", *planned, "is_late"]].reset_index(drop=True)
    weather = read("weather").assign(
        time_hour=lambda rows: pd.to_datetime(rows["time_hour"]).dt.tz_localize(None)
    )
    own = ("tailnum", "carrier", "dest", "origin")
    return Task(
        name="nycflights13",
        labelled=labelled,
        dataset="air.planned",
        key="flight_id",
        label="is_late",
        cutoff="flown_on",
        is_hidden=(labelled["flown_on"] == labelled["flown_on"].max()).to_numpy(),
        tables={
            "air.flights": Told(every, None, "time_hour"),
            "air.planes": Told(read("planes"), "tailnum"),
            "air.airports": Told(read("airports"), "faa"),
            "air.airlines": Told(read("airlines"), "carrier"),
            "air.weather": Told(weather, None, "time_hour"),
        },
        relations=(
            *(("", name, "air.flights", name) for name in own),
            ("", "origin", "air.weather", "origin"),
            ("air.planes", "tailnum", "", "tailnum"),
            ("air.airports", "faa", "", "dest"),
            ("air.airlines", "carrier", "", "carrier"),
        ),
        good="air.flights",
        good_key="tailnum",
        is_undated=True,
    )


def patients(folder: Path) -> Task:
    """Patients with fatty liver and without: who dies in the three years after each of four days.

    Days are counted from each patient's own first, which is made one day for all; `id`, as all three tables call whom
    they are about, is `patient_id` here: of small integers a name has to say what they refer to.
    """
    read = partial(_read, folder)
    people, tests, diagnoses = (read(f"nafld{n}").rename(columns={"id": "patient_id"}) for n in (1, 2, 3))
    rows = []
    for year in _PATIENT_CUTOFFS:
        begin, end = year * _YEAR, (year + _FOLLOWED_YEARS) * _YEAR
        dies = (people["status"] == 1) & (people["futime"] < end)
        there = people[(people["futime"] > begin) & (dies | (people["futime"] >= end))]
        cutoff = _INDEX_DAY + timedelta(days=begin)
        rows.append(
            pd.DataFrame(
                {"patient_id": there["patient_id"], "cutoff_date": cutoff, "dies": dies[there.index]}
            )
        )
    labelled = pd.concat(rows, ignore_index=True).astype({"dies": "boolean"})
    people = people.rename(columns={"case.id": "case_id"}).drop(columns=["futime", "status"])
    return Task(
        name="nafld",
        labelled=labelled,
        dataset="care.followed",
        key="patient_id",
        label="dies",
        cutoff="cutoff_date",
        is_hidden=(labelled["cutoff_date"] == labelled["cutoff_date"].max()).to_numpy(),
        tables={
            "care.patients": Told(people, "patient_id"),
            "care.tests": Told(_dated(tests), None, "tested_on"),
            "care.diagnoses": Told(
                _dated(diagnoses).rename(columns={"tested_on": "found_on"}), None, "found_on"
            ),
        },
        relations=(
            ("care.patients", "patient_id", "", "patient_id"),
            ("", "patient_id", "care.tests", "patient_id"),
            ("", "patient_id", "care.diagnoses", "patient_id"),
        ),
        good="care.diagnoses",
        good_key="patient_id",
        is_undated=True,
    )


def baseball(folder: Path) -> Task:
    """Players of a season: who plays in neither of the two after it. Tables have the season's year, and no date."""
    read = partial(_read, folder)
    of_season = {
        name: read(name).query(f"yearID >= 1985 and yearID <= {_SEASONS[-1] + 2}").reset_index(drop=True)
        for name in ("Batting", "Pitching", "Fielding", "AwardsPlayers", "AllstarFull", "Salaries")
    }
    played = of_season["Batting"][["playerID", "yearID"]].drop_duplicates()
    rows = []
    for year in _SEASONS:
        players = played.loc[played["yearID"] == year, "playerID"]
        later = set(played.loc[played["yearID"].isin([year + 1, year + 2]), "playerID"])
        gone = ~players.isin(later)
        rows.append(pd.DataFrame({"playerID": players, "cutoff_date": date(year + 1, 1, 1), "is_gone": gone}))
    labelled = pd.concat(rows, ignore_index=True).astype({"is_gone": "boolean"})
    labelled = labelled.rename(columns={"playerID": "player_id"})
    people = read("People").query("debut.notna()").reset_index(drop=True)
    people = people.assign(debut=day(people["debut"]), finalGame=day(people["finalGame"]))
    died = ("deathYear", "deathMonth", "deathDay", "deathCountry", "deathState", "deathCity")
    seasons = {f"baseball.{name.lower()}": Told(each, year="yearID") for name, each in of_season.items()}
    return Task(
        name="Lahman",
        labelled=labelled,
        dataset="baseball.seasons",
        key="player_id",
        label="is_gone",
        cutoff="cutoff_date",
        is_hidden=(labelled["cutoff_date"] == labelled["cutoff_date"].max()).to_numpy(),
        tables={
            # Hidden until it comes, the last game of who still plays is null, and that is the label.
            "baseball.people": Told(people, "playerID", "debut", {"finalGame": died}, ("finalGame", *died)),
            **seasons,
        },
        relations=(
            ("baseball.people", "playerID", "", "player_id"),
            *(("", "player_id", name, "playerID") for name in seasons),
        ),
        good="baseball.batting",
        good_key="playerID",
    )


def _dated(rows: pd.DataFrame) -> pd.DataFrame:
    moments = pd.Timestamp(_INDEX_DAY) + pd.to_timedelta(rows.pop("days"), unit="D")
    return rows.assign(tested_on=day(moments))


def _read(folder: Path, name: str) -> pd.DataFrame:
    rows = pd.read_parquet(folder / f"{name}.parquet")
    # R's integers that have missing values came as floats.
    whole = [each for each in rows.select_dtypes("float64") if (rows[each].dropna() % 1 == 0).all()]
    return rows.astype(dict.fromkeys(whole, "Int64"))


def written(python: Path, folder: Path) -> Path:
    """The folder with what `python`'s packages carry, written by it if it is not there."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        subprocess.run(
            [python, "-W", "ignore", Path(__file__).with_name("write_public.py"), folder], check=True
        )
    return folder
