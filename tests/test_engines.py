"""One contract for all engines: each item once, whatever happens to those that do the work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chores import chore, process
from conftest import ROOT

from kg import builder, engines
from kg.engines import Engine, Failure, cluster
from kg.engines.cluster import ClusterError, dask

SEEDS = ROOT / "seeds"


def make(kind: str, deadline: float = 60) -> Engine:
    """An engine of two workers."""
    return engines.local(2, deadline) if kind == "local" else dask(None, 2, deadline)


kinds = pytest.mark.parametrize("kind", ["local", "dask"])


@kinds
def test_each_item_comes_back_once_and_what_breaks_costs_no_other(kind: str, tmp_path: Path) -> None:
    once = f"die-once {tmp_path / 'mark'}"
    given = [
        *(f"item {n}" for n in range(40)),
        once,
        "fail there",
        "die",
        "hang",
        "swell",
        *map(str, range(30)),
    ]
    taken: list[str] = []

    def items() -> Iterator[str]:
        for item in given:
            taken.append(item)
            yield item

    found: dict[str, object] = {}
    for item, result in make(kind, deadline=4)(chore, items()):
        assert item not in found
        assert len(taken) - len(found) <= 2 * (1 + engines.AHEAD), "taken long before their turn"
        found[item] = result
    failed = {
        "fail there": Failure("ValueError: cannot there"),
        "die": Failure("killed by SIGKILL"),
        "hang": Failure("not done in 4 s"),
        "swell": Failure("MemoryError"),
    }
    assert found == {item: failed.get(item, item.upper()) for item in given}


@kinds
def test_all_engines_build_the_same_bytes(kind: str, built: Path, tmp_path: Path) -> None:
    builder.build([SEEDS], tmp_path, make(kind))
    for name in ("graph.ttl", "report.json"):
        assert (tmp_path / name).read_bytes() == (built / name).read_bytes()


def test_an_engine_that_is_left_ends_its_processes() -> None:
    answers = engines.local(2)(process, range(1000))
    pids = {next(answers)[1], next(answers)[1]}
    answers.close()  # type: ignore[attr-defined]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(str(pid)), 0)


def test_a_worker_of_the_cluster_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    given = [*map(str, range(20)), f"end-parent-once {tmp_path / 'mark'}", *map(str, range(20, 40))]
    found = list(make("dask")(chore, given))
    assert sorted(found) == sorted((item, item.upper()) for item in given)


def test_a_cluster_that_is_not_there_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    with pytest.raises(ClusterError, match="check the address"):
        next(dask("tcp://127.0.0.1:9")(chore, ["a"]))
