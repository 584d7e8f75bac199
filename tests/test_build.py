"""The main job: pages in, graph out; the same bytes in any order; bad input costs nothing else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import builder, known, queries, store
from kg.engines import local
from kg.store.statements import Figure

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


@pytest.mark.parametrize("delay", [0.3, 0.8, 1.2, 1.6, 2.0, 2.4])
def test_killed_build_leaves_the_earlier_graph_whole(tmp_path: Path, built: Path, delay: float) -> None:
    out = tmp_path / "out"
    shutil.copytree(built, out, symlinks=True)
    before = (out / "graph.ttl").read_bytes()
    new = tmp_path / "new.txt"
    new.write_text("2025年上半年，朔州市出口额1.2亿元。", "utf-8")
    command = [sys.executable, "-m", "kg", "build", str(new), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    graph = (out / "graph.ttl").read_bytes()
    assert graph == before or "朔州市".encode() in graph
    assert len(ox.Store.read_only(str((out / "store").resolve()))) > 0
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["pages"] in ([p.name for p in SEEDS], ["new.txt"])


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
