"""The main job: pages in, graph out; the same bytes in any order; bad input costs nothing else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from textwrap import dedent
from typing import TypeVar

import pyoxigraph as ox
import pytest
from test_cli import kg

from kg import builder, known, queries, shelf, store
from kg.engines import Answers, Failure, here, local
from kg.store.statements import Figure

T = TypeVar("T")
R = TypeVar("R")
ROOT = Path(__file__).parent.parent
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))


def test_same_bytes_in_any_order_and_with_any_number_of_processes(tmp_path: Path) -> None:
    builder.build(SEEDS, tmp_path / "a", local(1))
    builder.build([*reversed(SEEDS), SEEDS[0]], tmp_path / "b", local(3))
    for name in ("graph.ttl", "report.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_graph_file_holds_the_union_of_the_page_graphs(built: Path) -> None:
    file = ox.Store()
    file.bulk_load(path=str(built / "graph.ttl"))
    stored = ox.Store.read_only(str((built / "store").resolve()))
    graphs = list(stored.named_graphs())
    assert len(graphs) == len(SEEDS) + 1  # that of the links of identity
    assert {q.triple for q in file} == {q.triple for q in stored}


def test_graph_tells_no_time_no_machine_and_no_path(built: Path) -> None:
    text = (built / "graph.ttl").read_text("utf-8") + (built / "report.json").read_text("utf-8")
    assert str(ROOT) not in text
    assert "_:" not in text
    assert os.uname().nodename not in text


def bad_inputs(folder: Path) -> dict[str, Path]:
    """One file of each kind of trouble."""
    made = {
        "empty": folder / "empty.txt",
        "binary": folder / "binary.txt",
        "suffix": folder / "page.xyz",
        "missing": folder / "missing.txt",
        "blank": folder / "blank.txt",
    }
    made["empty"].write_bytes(b"")
    made["binary"].write_bytes(bytes(range(256)) * 8)
    made["suffix"].write_text("太原市", "utf-8")
    made["blank"].write_text(" \n\n \n", "utf-8")
    return made


def test_bad_input_is_named_in_one_line_each_and_the_rest_is_built(tmp_path: Path) -> None:
    bad = bad_inputs(tmp_path)
    report = builder.build([*bad.values(), SEEDS[0]], tmp_path / "out")
    told = {p.page: p for p in report.errors}
    for path in bad.values():
        problem = told[path.name]
        assert problem.message
        assert problem.remedy
        assert "\n" not in problem.message
    assert report.pages == (SEEDS[0].name,)
    assert report.counts["Fact"] > 0


def test_a_build_of_nothing_leaves_the_earlier_graph(tmp_path: Path) -> None:
    builder.build([SEEDS[0]], tmp_path)
    before = (tmp_path / "graph.ttl").read_bytes()
    assert builder.build([tmp_path / "misspelt.txt"], tmp_path).errors
    assert (tmp_path / "graph.ttl").read_bytes() == before
    assert builder.build([tmp_path / "misspelt.txt"], tmp_path / "new").errors
    assert (tmp_path / "new" / "graph.ttl").is_file()


def test_text_without_a_date_and_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    page = tmp_path / "gb.txt"
    page.write_bytes("太原市生态环境局局长王大为表示，今年的目标是优良天数达到250天。".encode("gb18030"))
    report = builder.build([page], tmp_path / "out")
    assert not report.errors
    assert report.pages == ("gb.txt",)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root reads everything")
def test_unreadable_file_is_named(tmp_path: Path) -> None:
    page = tmp_path / "locked.txt"
    page.write_text("太原市", "utf-8")
    page.chmod(0)
    assert [p.page for p in builder.build([page], tmp_path / "out").errors] == ["locked.txt"]


def small(city: str, value: str) -> str:
    """A page that says little."""
    return f"{city}外贸稳步增长\n2025年8月2日 本报讯 上半年，{city}市出口额{value}亿元，同比增长25.5%。\n"


# Adds pages to copies of a build, one in a process of its own each, which is killed after so many calls.
KILLED = """
    import os, signal, sys
    from pathlib import Path
    from kg import builder, shelf
    from kg.engines import here
    from kg.graph import quads
    from kg.model import Page
    from kg.pipeline import read_page

    text = "2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。"
    quads(read_page(Page("warm", text, "0" * 64)))  # so that the tables are read once for all
    pages, folders = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    shelf._OFTEN = 0
    ours = ("builder", "shelf", "merging", "runs", "writing")
    made = 0

    def add(folder, last):
        def count(frame, event, what):
            global made
            if event == "call" and Path(frame.f_code.co_filename).stem in ours:
                made += 1
                if made == last:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.setprofile(count)
        builder.add([pages], folder, here)

    def forked(folder, last):
        pid = os.fork()
        if not pid:
            add(folder, last)
            os.write(1, b"%d" % made)
            os._exit(0)
        os.waitpid(pid, 0)

    if len(folders) == 1:
        forked(folders[0], None)
    else:
        for n, folder in enumerate(folders[:-1], 1):
            forked(folder, n * int(str(folders[-1])) // len(folders))
"""


def test_killed_at_twenty_points_a_graph_is_the_old_or_the_new_and_goes_on(tmp_path: Path) -> None:
    (pages := tmp_path / "pages").mkdir()
    for n, city in enumerate(("太原", "大同", "朔州")):
        (pages / f"{n}.txt").write_text(small(city, "13.67"), "utf-8")
    builder.build([pages], tmp_path / "old", here)
    (pages / "1.txt").write_text(small("大同", "99"), "utf-8")
    (pages / "3.txt").write_text(small("忻州", "5"), "utf-8")
    builder.build([pages], tmp_path / "new", here)
    old, new = (shelf.open_shelf(tmp_path / name).contents() for name in ("old", "new"))

    def run(*words: object) -> bytes:
        command = [sys.executable, "-c", dedent(KILLED), str(pages), *map(str, words)]
        return subprocess.run(command, capture_output=True, check=True).stdout

    shutil.copytree(tmp_path / "old", tmp_path / "counted", symlinks=True)
    calls = int(run(tmp_path / "counted"))
    folders = [shutil.copytree(tmp_path / "old", tmp_path / str(n), symlinks=True) for n in range(20)]
    run(*folders, calls)
    states, reread = [], []
    for folder in folders:
        held = shelf.open_shelf(folder).contents()
        graph = ox.Store.read_only(str((folder / "store").resolve()))
        assert len(list(graph.named_graphs())) == len(held)
        assert held in (old, new)
        states.append(held == new)
        steps: list[bool] = []
        builder.add([pages], folder, here, lambda name, read, steps=steps: steps.append(read))
        reread.append(sum(steps))
        for name in ("graph.ttl", "report.json"):
            assert (folder / name).read_bytes() == (tmp_path / "new" / name).read_bytes()
        assert len(list(folder.glob(".store-*"))) == 2, "killed builds leave nothing behind for long"
    assert states == sorted(states)
    assert reread == sorted(reread, reverse=True)
    assert reread[0] > reread[-1] == 0, "what was read is kept"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of so many pages that reading them takes a while."""
    folder = tmp_path_factory.mktemp("many")
    text = SEEDS[0].read_text("utf-8")
    for n in range(30):
        (folder / f"{n}.txt").write_text(f"{text}\n{n}\n", "utf-8")
    return folder


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_a_build_that_is_stopped_goes_on_where_it_was(
    many: Path, tmp_path: Path, blow: signal.Signals
) -> None:
    command = [sys.executable, "-m", "kg", "build", str(many), "--out", str(tmp_path)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where tests run unattended
    )
    while not (read := held(tmp_path)) and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(blow)
    said, _ = process.communicate()
    assert process.returncode == (130 if blow == signal.SIGINT else -blow)
    assert len(said.splitlines()) == (blow == signal.SIGINT), said
    assert not (tmp_path / "graph.ttl").exists()
    steps: list[bool] = []
    report = builder.build([many], tmp_path, progress=lambda name, read: steps.append(read))
    assert len(report.pages) == 30
    assert steps.count(False) >= read > 0


def held(folder: Path) -> int:
    """How many pages are kept so far."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{folder}/pages.sqlite?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(*) FROM items").fetchone()[0])
    return 0


def test_a_page_that_breaks_its_reader_is_reported_and_the_rest_is_built(tmp_path: Path) -> None:
    (pages := tmp_path / "pages").mkdir()
    for n, city in enumerate(("太原", "大同")):
        (pages / f"{n}.txt").write_text(small(city, "13.67"), "utf-8")

    def breaking(work: Callable[[T], R], items: Iterable[T]) -> Answers[T, R]:
        for task, item in here(work, items):
            yield task, Failure("ValueError: no") if task.page.name == "1.txt" else item

    report = builder.build([pages], tmp_path / "out", breaking)
    assert report.pages == ("0.txt",)
    assert [(p.page, p.message) for p in report.errors] == [("1.txt", "cannot be read: ValueError: no")]
    assert builder.build([pages], tmp_path / "out", here).pages == ("0.txt", "1.txt"), "it is tried again"


def test_what_the_product_was_asked_for_is_in_the_graph(built: Path) -> None:
    """The links and figures named when the project began, each with a quotation that stands on its page."""
    graph = store.open_store(built)
    kaolin, vinegar = known.show(graph, "金宇科林"), known.show(graph, "水塔醋业")
    assert {link.other.name for link in kaolin.links if link.relation == "exports"} == {"高岭土"}
    markets = {link.other.name for link in vinegar.links if link.relation == "exportsTo"}
    assert {"美国", "加拿大", "日本", "新加坡", "马来西亚"} <= markets

    exports = figure(graph, "忻州市", "13.67亿元")
    assert (exports.metric, exports.value, exports.unit) == ("出口额", "1367000000", "元")
    assert (exports.first, exports.last) == ("2025-01-01", "2025-06-30")
    assert (exports.change, exports.change_unit, exports.basis) == ("25.5", "%", "同比")
    assert figure(graph, "太原市气候投融资储备项目", "226个").value == "226"
    assert figure(graph, "太原市气候投融资储备项目", "3834.29亿元").value == "383429000000"
    rows = [row for row in queries.ask(graph, "targets", year="2025").strings() if "713亿元" in " ".join(row)]
    assert rows
    assert "固定资产投资" in " ".join(rows[0])

    pages = {page.name: page.read_text("utf-8") for page in SEEDS}
    proofs = [proof for thing in (kaolin, vinegar) for link in thing.links for proof in link.proofs]
    for proof in (*proofs, *exports.proofs):
        assert pages[proof.page][proof.start : proof.end] == proof.quote


def figure(graph: store.Store, about: str, text: str) -> Figure:
    """The one figure of a thing that is printed so."""
    (found,) = (f for f in known.show(graph, about).figures if f.text.endswith(text))
    return found


# --- what monitors see --------------------------------------------------------------------------------------


def test_a_run_tells_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("忻州日报 2025年8月2日\n\n2025年上半年，忻州市出口额13.67亿元。", "utf-8")
    watched = ("--log", "run.jsonl", "--metrics")
    assert kg("build", "a.txt", *watched, "m.json", cwd=tmp_path).returncode == 0
    figures = json.loads((tmp_path / "m.json").read_text())
    assert (figures["pages_read"], figures["pages_kept"], figures["pages"]) == (1, 0, 1)
    assert figures["observations"] == 1
    assert set(figures["seconds"]) == {"read", "identify", "write", "unite", "index", "swap"}
    assert kg("build", "a.txt", "missing.txt", *watched, "m.prom", cwd=tmp_path).returncode == 1
    text = (tmp_path / "m.prom").read_text()
    for line in ("kg_pages_read 0", "kg_pages_kept 1", "kg_errors 1", 'kg_stage_seconds{stage="swap"} '):
        assert line in text
    events = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events].count("read") == 2
    assert all(event["time"].endswith("+00:00") for event in events)
