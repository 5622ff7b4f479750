"""Lands the tables, lets discovery tell of them, and scores what it told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.discovery import scores, tpc
from benchmarks.discovery.drafting import measure_drafting
from benchmarks.discovery.tables import all_tables
from meshlake.discovery.discover import Discovery, discover
from meshlake.discovery.sources import chosen_sources
from meshlake.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.discovery.scores import Score
    from benchmarks.discovery.truth import Table
    from meshlake.discovery.dataset_profile import DatasetProfile


def tables_named(prefix: str) -> list[Table]:
    """Our tables whose names begin so."""
    return [table for table in all_tables() if table.name.startswith(prefix)]


def measure_ours(home: Path, prefix: str = "") -> list[Score]:
    """Our tables, with names and without."""
    tables = tables_named(prefix)
    for table in tables:
        table.write(home / "landing")
        table.write(home / "unnamed" / "landing", has_names=False)
    told = _discovered(home)
    pairs = _pairs(tables, told)
    unnamed = _pairs(tables, _discovered(home / "unnamed"))
    wanted, allowed = scores.true_joins(tables)
    return [
        scores.score_types(pairs),
        scores.score_meanings(pairs),
        scores.score_keys([(t.name, t.keys, t.near_key, profile) for t, profile in pairs]),
        scores.score_joins(told.joins, wanted, allowed, "joins"),
        scores.score_personal(pairs, "personal data"),
        scores.score_personal(unnamed, "personal data, without names"),
        scores.score_labels(pairs),
        scores.score_dependencies(pairs),
        *measure_drafting(home / "drafted", tables),
    ]


def measure_tpc(home: Path, extensions: Path) -> list[Score]:
    """TPC-H and TPC-DS: keys and references."""
    tpc.land_tpch(extensions, home / "landing")
    tpc.land_tpcds(extensions, home / "landing")
    found: list[Score] = []
    for domain, keys in (("tpch", tpc.H_KEYS), ("tpcds", tpc.DS_KEYS)):
        told = _discovered(home, domain)
        profiles = {_short(profile): profile for profile in told.profiles}
        columns = {
            name.partition(".")[2]: [c.name for c in profile.columns] for name, profile in profiles.items()
        }
        wanted, allowed = tpc.h_joins() if domain == "tpch" else tpc.ds_joins(columns)
        of_keys = scores.score_keys(
            [(f"{domain}.{table}", [key], "", profiles[f"{domain}.{table}"]) for table, key in keys.items()]
        )
        of_keys.matter = f"keys of {domain}"
        found += [of_keys, scores.score_joins(told.joins, wanted, allowed, f"joins of {domain}")]
    return found


def _discovered(home: Path, domain: str | None = None) -> Discovery:
    settings = load_settings({"MESH_HOME": str(home)})
    return discover(settings, chosen_sources(settings, domain))


def _pairs(tables: Iterable[Table], told: Discovery) -> list[tuple[Table, DatasetProfile]]:
    profiles = {_short(profile): profile for profile in told.profiles}
    return [(table, profiles[table.name]) for table in tables]


def _short(profile: DatasetProfile) -> str:
    return profile.name.removeprefix("landing.")
