"""What was said over time: sources that disagree, promises and what came of them, the life of projects."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import pyshacl
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import RDFS, SH
from typer.testing import CliRunner

from kg import builder, conflicts, known, lookup, projects, promises, queries, resources, store, witnesses
from kg.bounds import told
from kg.cli import app
from kg.iris import PREFIXES
from kg.store import Store

FZ = rdflib.Namespace(PREFIXES["fz"])
REST = (
    "当天上午，与会人员参观了展馆，听取了讲解，并就下一步工作交换了意见，大家一致认为要抓好落实，早谋划、早动手，"
    "把各项任务分解到岗、落实到人，确保年度工作开好局、起好步，为群众多办好事实事。"
)
PAGES = {  # name: paper, day, title, text
    "a": ("临汾日报", "2025年1月20日", "投资平稳运行", f"2024年，临汾市固定资产投资713.4亿元。{REST}"),
    "reprint": ("晋南晚报", "2025年1月21日", "投资运行平稳", f"2024年，临汾市固定资产投资713.4亿元。{REST}"),
    "rounded": ("山西经济", "2025年1月22日", "临汾投资过七百亿", "2024年，临汾市固定资产投资713亿元。"),
    "vague": ("三晋都市", "2025年1月23日", "临汾投资可观", "2024年，临汾市固定资产投资超700亿元。"),
    "b": ("山西日报", "2025年1月25日", "临汾投资增长", "2024年，临汾市固定资产投资698.1亿元。省里部署工作。"),
    "first": ("长治日报", "2025年1月20日", "初步核算", "2024年，长治市固定资产投资500.5亿元。"),
    "final": ("长治日报", "2025年9月20日", "最终核实", "2024年，长治市固定资产投资512.3亿元。"),
    "goals": (
        "忻州日报", "2024年2月1日", "新目标",
        "2024年，忻州市确保粮食产量达到20亿斤以上，力争固定资产投资达到500亿元以上，力争出口额达到13亿元。"
        "2026年，忻州市力争固定资产投资达到600亿元。",
    ),
    "outcome": ("忻州日报", "2025年1月20日", "成绩单", "2024年，忻州市粮食产量21亿斤，固定资产投资480亿元。"),
    "begun": (
        "忻州日报", "2024年3月20日", "项目开工",
        "3月18日，静乐青石光伏发电项目在静乐县开工建设。项目总投资12亿元，预计2024年10月投产。",
    ),
    "later": (
        "忻州日报", "2025年2月20日", "项目进展",
        "2025年2月18日，静乐青石光伏发电项目并网发电。项目总投资15亿元。",
    ),
    "late": (
        "忻州日报", "2024年4月2日", "在建项目",
        "河曲青云风力发电项目正在加紧建设，预计2024年12月投产。",
    ),
}  # fmt: skip


PAGES |= {
    "sells": ("忻州日报", "2024年5月6日", "外贸", "山西金醋食品有限公司出口陈醋。"),
    "ended": ("忻州日报", "2025年3月6日", "外贸变化", "山西金醋食品有限公司已不再出口陈醋。"),
    "makes": ("长治日报", "2024年5月6日", "生产", "山西海川轴承有限公司生产轴承。"),
    "denies": ("山西日报", "2024年5月6日", "澄清", "山西海川轴承有限公司并未生产轴承。"),
}


def write(folder: Path, names: list[str]) -> list[str]:
    files = []
    for name in names:
        paper, day, title, text = PAGES[name]
        files.append(folder / f"{name}.txt")
        files[-1].write_text(f"{paper}\n{day}\n\n{title}\n\n　　{text}\n", "utf-8")
    return [str(file) for file in files]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of all the pages."""
    made = tmp_path_factory.mktemp("watching")
    builder.build(write(made, list(PAGES)), made / "build")
    return made / "build"


@pytest.fixture(scope="module")
def graph(folder: Path) -> Store:
    return store.open_store(folder)


def iri(graph: Store, name: str) -> str:
    return lookup.find(graph, name)[0].iri


def test_sources_that_disagree_are_shown_with_all_quotations(graph: Store) -> None:
    (found,) = conflicts.find(graph, iri(graph, "临汾市"))
    assert (found.kind, found.what, found.first, found.revision) == (
        "value",
        "固定资产投资",
        "2024-01-01",
        False,
    )
    more, less = found.sides
    assert (more.says, less.says) == ("713.4亿元", "698.1亿元")
    assert {proof.page for proof in less.proofs} == {"b.txt"}
    assert less.proofs[0].quote.endswith("固定资产投资698.1亿元")


def test_rounded_and_hedged_figures_agree(graph: Store) -> None:
    side = conflicts.find(graph, iri(graph, "临汾市"))[0].sides[0]
    assert {proof.page for proof in side.proofs} == {"a.txt", "reprint.txt", "rounded.txt", "vague.txt"}


def test_a_reprint_is_no_further_witness(graph: Store) -> None:
    more, less = conflicts.find(graph, iri(graph, "临汾市"))[0].sides
    assert (more.witnesses, less.witnesses) == (3, 1)


def test_a_later_figure_of_the_same_paper_is_a_revision(graph: Store) -> None:
    (found,) = conflicts.find(graph, iri(graph, "长治市"))
    assert found.revision
    assert [side.says for side in found.sides] == ["512.3亿元", "500.5亿元"]


def test_an_article_that_says_several_things_is_no_witness(tmp_path: Path) -> None:
    text = "2024年，临汾市固定资产投资713.4亿元。2024年，临汾市固定资产投资698.1亿元。"
    (tmp_path / "two.txt").write_text(f"临汾日报\n2025年1月20日\n\n投资\n\n　　{text}\n", "utf-8")
    builder.build([str(tmp_path / "two.txt")], tmp_path / "build")
    assert conflicts.find(store.open_store(tmp_path / "build"), least=0) == []


def test_promises_are_kept_missed_open_or_silent(graph: Store) -> None:
    found = {(p.what, p.due): p for p in promises.find(graph, iri(graph, "忻州市"))}
    assert {key: p.status for key, p in found.items()} == {
        ("粮食产量", "2024-12-31"): "kept",
        ("固定资产投资", "2024-12-31"): "missed",
        ("出口额", "2024-12-31"): "silent",
        ("固定资产投资", "2026-12-31"): "open",
    }
    missed = found["固定资产投资", "2024-12-31"]
    assert [proof.page for proof in missed.target.proofs] == ["goals.txt"]
    assert [proof.page for figure in missed.settled for proof in figure.proofs] == ["outcome.txt"]
    assert promises.find(graph, iri(graph, "忻州市"), "missed") == [missed]


def test_a_missed_target_is_a_conflict_too(graph: Store) -> None:
    found = conflicts.find(graph, iri(graph, "忻州市"))
    assert [(c.kind, c.what) for c in found] == [("outcome", "固定资产投资")]
    assert [side.says for side in found[0].sides] == ["Target 500亿元以上", "Actual 480亿元"]


def test_a_denial_of_a_fact_is_a_conflict_with_both_quotations(graph: Store) -> None:
    (found,) = conflicts.find(graph, iri(graph, "山西海川轴承有限公司"))
    assert (found.kind, found.what, found.revision) == ("denial", "produces", False)
    told = {side.says: [proof.page for proof in side.proofs] for side in found.sides}
    assert told == {"produces 轴承": ["makes.txt"], "not produces 轴承": ["denies.txt"]}
    assert any("并未生产轴承" in proof.quote for side in found.sides for proof in side.proofs)


def test_a_later_denial_is_a_change(graph: Store, folder: Path) -> None:
    (found,) = conflicts.find(graph, iri(graph, "山西金醋食品有限公司"))
    assert found.revision
    assert [side.says for side in found.sides] == ["not exports 陈醋", "exports 陈醋"]
    shown = CliRunner().invoke(app, ["conflicts", "山西金醋食品有限公司", "-b", str(folder)]).stdout
    assert "变化 changed" in shown


def test_a_denial_is_shown_and_gives_no_link(tmp_path: Path) -> None:
    builder.build(write(tmp_path, ["denies"]), tmp_path / "build")
    graph = store.open_store(tmp_path / "build")
    (denied,) = known.show(graph, "山西海川轴承有限公司").denied
    assert (denied.relation, denied.other.name) == ("produces", "轴承")
    assert not graph.select("SELECT ?s ?o { ?s fz:produces ?o }").rows
    assert not queries.ask(graph, "facts", relation="produces").rows
    shown = CliRunner().invoke(app, ["show", "轴承", "-b", str(tmp_path / "build")]).stdout
    assert "否认 denied" in shown


def test_a_project_has_stages_a_budget_and_silence(graph: Store) -> None:
    (life,) = projects.find(graph, iri(graph, "静乐青石光伏发电项目"))
    assert [(step.stage, step.day, step.planned) for step in life.steps] == [
        ("Started", "2024-03-18", False),
        ("Operating", "2024-10-31", True),
        ("Operating", "2025-02-18", False),
    ]
    assert (life.stage, life.drift, life.heard) == ("Operating", Decimal("25.0"), "2025-02-20")
    assert [figure.text for figure in life.budget] == ["12亿元", "15亿元"]
    assert [place.name for place in life.places] == ["静乐县"]
    assert not any(step.overdue for step in life.steps)


def test_a_date_that_has_gone_by_is_overdue(graph: Store) -> None:
    (life,) = projects.find(graph, iri(graph, "河曲青云风力发电项目"))
    assert [(step.stage, step.overdue) for step in life.steps] == [("Building", False), ("Operating", True)]
    assert life.silence == 536  # from 2 April 2024 to 20 September 2025


def test_the_order_of_pages_does_not_matter(graph: Store, tmp_path: Path) -> None:
    names = random.Random(7).sample(list(PAGES), len(PAGES))
    builder.build(write(tmp_path, names), tmp_path / "build")
    other = store.open_store(tmp_path / "build")
    assert conflicts.find(other, least=0) == conflicts.find(graph, least=0)
    assert promises.find(other) == promises.find(graph)
    assert projects.find(other) == projects.find(graph)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["conflicts", "临汾市"], ["713.4亿元", "698.1亿元", "3 witnesses", "b.txt"]),
        (["promises", "忻州市", "--status", "missed"], ["未兑现 missed", "500亿元以上", "480亿元"]),
        (["projects", "静乐县"], ["投产 Operating", "budget drift +25.0%", "开工 Started"]),
    ],
)
def test_verbs_tell_it_to_people(folder: Path, args: list[str], says: list[str]) -> None:
    done = CliRunner().invoke(app, [*args, "--build", str(folder)])
    assert done.exit_code == 0
    assert all(part in done.output for part in says), done.output


@pytest.mark.parametrize("verb", ["conflicts", "promises", "projects"])
def test_verbs_tell_it_to_programs(folder: Path, verb: str) -> None:
    done = CliRunner().invoke(app, [verb, "--json", "--limit", "1", "--build", str(folder)])
    (item,) = json.loads(done.output)
    assert item["about"]["iri"].startswith("https://w3id.org/fangzhi/id/")


def test_check_warns_of_conflicts(graph: Store) -> None:
    from kg import check

    warned = [p for p in check.check(graph) if "sources disagree" in p.message]
    assert [p.severity for p in warned] == ["warning", "warning"]
    messages = "".join(p.message for p in warned)
    assert all(said in messages for said in ("713.4亿元", "698.1亿元", "not produces 轴承"))


def test_a_shape_warns_of_every_cell_that_differs(folder: Path) -> None:
    graph = rdflib.Graph().parse(folder / "graph.ttl")
    shapes = rdflib.Graph().parse(resources.folder("ontology") / "warnings.ttl")
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=shapes, allow_warnings=True)
    assert conforms
    assert isinstance(report, rdflib.Graph)
    warned = {graph.value(node, FZ.about) for node in report.objects(None, SH.focusNode)}
    named = {str(graph.value(thing, RDFS.label)) for thing in warned if thing}
    assert named == {"临汾市", "长治市", "静乐青石光伏发电项目"}
    assert set(report.objects(None, SH.resultSeverity)) == {SH.Warning}


def test_the_query_lists_every_cell_that_differs(graph: Store) -> None:
    rows = queries.run(graph, "conflicts", {"about": "临汾市"}).records()
    assert [(row["metric"].name, row["articles"]) for row in rows if row["metric"]] == [("固定资产投资", 5)]


# --- laws ---------------------------------------------------------------------------------------------------

numbers = st.decimals(min_value=1, max_value=10**6, places=3)


@given(numbers, st.integers(0, 2))
def test_a_number_agrees_with_itself_rounded(value: Decimal, places: int) -> None:
    short = round(value, places)
    assert told(str(value), f"{value}亿元").agrees(told(str(short), f"{short}亿元"))


@given(numbers, numbers, st.sampled_from(["", "超", "以下", "左右", "近"]))
def test_agreement_has_no_direction(one: Decimal, other: Decimal, hedge: str) -> None:
    a, b = told(str(one), f"{one}", hedge), told(str(other), f"{other}")
    assert a.agrees(b) == b.agrees(a)


@given(
    st.text(
        st.sampled_from("投资增长全市项目开工企业生产经济发展目标任务春天河流山川城乡道路"),
        min_size=80,
        max_size=300,
    )
)
def test_a_text_is_a_reprint_of_itself_however_it_is_broken(text: str) -> None:
    broken = "\n".join(text[at : at + 18] for at in range(0, len(text), 18)) + "。"
    same = witnesses.fingerprint(text)
    assert witnesses.fingerprint(broken) == same
    assert len(witnesses.independent({"a": "甲报", "b": "乙报"}, {"a": same, "b": same})) == 1


def test_texts_of_their_own_are_two_witnesses() -> None:
    prints = {
        "a": witnesses.fingerprint(REST),
        "b": witnesses.fingerprint("省里召开会议，部署春季造林工作。" * 4),
    }
    assert len(witnesses.independent({"a": "甲报", "b": "乙报"}, prints)) == 2
    assert len(witnesses.independent({"a": "甲报", "b": "甲报"}, prints)) == 1
