"""Judgements of people: written by verbs, applied by quotation, loud where they contradict each other."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from conftest import FIRM, TEXT, first_page
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import cli, graph, pipeline, verdicts
from kg.cli import judging
from kg.model import Page, Span
from kg.verdicts import Judgement
from kg.verdicts.files import HEADER

PAGE = """河东日报 2025年8月2日

上半年外贸稳步增长

上半年，忻州市出口额18.67亿元，同比增长25.5%。山西金宇科林科技有限公司将煤矸石转化为高岭土，产品出口日本和韩国。
"""


def kg(*words: str | Path, cwd: Path, code: int = 0, **environment: str) -> str:
    """What the command says; with another exit code than 0, what it complains of."""
    said, complained, ended = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(cwd),
        mock.patch.dict(os.environ, environment),
        mock.patch.object(sys, "argv", ["kg", *map(str, words)]),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        try:
            cli.main()
        except SystemExit as end:
            ended = end.code if isinstance(end.code, int) else int(bool(end.code))
    assert ended == code, complained.getvalue()
    return complained.getvalue() if code else said.getvalue()


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page and its build, without judgements."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "page.txt").write_text(PAGE, "utf-8")
    kg("build", "page.txt", "--jobs", "1", cwd=folder)
    return folder


@pytest.fixture
def desk(first: Path, tmp_path: Path) -> Path:
    """A copy of it to work in."""
    return shutil.copytree(first, tmp_path / "desk", symlinks=True)


def rebuilt(desk: Path, code: int = 0) -> bytes:
    """The graph after another build."""
    kg("build", "page.txt", "--jobs", "1", cwd=desk, code=code)
    return (desk / "build" / "graph.ttl").read_bytes()


def figures(desk: Path) -> list[dict[str, str]]:
    """What the build says of the city."""
    return json.loads(kg("show", "忻州市", "--json", cwd=desk))["figures"]


def links(desk: Path, name: str = FIRM) -> set[tuple[str, str]]:
    """The facts that the build has of a thing."""
    known = json.loads(kg("show", name, "--json", cwd=desk))
    return {(link["relation"], link["other"]["name"]) for link in known["links"]}


def test_a_day_of_judging_and_back_to_the_same_bytes(desk: Path) -> None:
    before = rebuilt(desk)
    assert ("exportsTo", "日本") in links(desk)
    kg("correct", "retract", "金宇科林", "exportsTo", "日本", "--who", "李", "--why", "误读", cwd=desk)
    kg("correct", "value", "忻州市", "出口额", "13.67亿元", "--who", "李", "--when", "2025-09-01", cwd=desk)
    kg("correct", "change", "忻州市", "出口额", "-3%", cwd=desk)
    assert rebuilt(desk) != before

    assert ("exportsTo", "日本") not in links(desk)
    assert ("exportsTo", "韩国") in links(desk)
    (figure,) = figures(desk)
    assert (figure["value"], figure["unit"], figure["text"], figure["change"]) == (
        "1367000000", "元", "13.67亿元", "-3",
    )  # fmt: skip
    assert all(proof["quote"] in PAGE for proof in figure["proofs"])
    traced = kg(
        "query",
        """SELECT ?verdict ?who ?when ?why ?line {
            ?j a fz:Judgement ; fz:verdict ?verdict ; fz:line ?line ; dcterms:date ?when
            OPTIONAL { ?j rdfs:comment ?why } OPTIONAL { ?j prov:wasAttributedTo/rdfs:label ?who } }""",
        "--format", "json", cwd=desk,
    )  # fmt: skip
    assert "误读" in traced
    assert "李" in traced
    assert "产品出口日本" in traced
    of_figure = kg(
        "query", "SELECT ?v { ?o a fz:Observation ; fz:judgement/fz:verdict ?v }", "-f", "csv", cwd=desk
    )
    assert set(of_figure.split()[1:]) == {"value", "change"}
    assert kg("check", cwd=desk)

    listed = json.loads(kg("judge", "list", "--json", cwd=desk))["judgements"]
    assert [j["verdict"] for j in listed] == ["retract", "value", "change"]
    assert listed[1]["when"] == "2025-09-01"
    kg("judge", "undo", "日本", cwd=desk)
    kg("judge", "undo", "2", cwd=desk)
    kg("judge", "undo", "2", cwd=desk)
    assert rebuilt(desk) == before


def test_a_thing_of_another_class_loses_what_that_class_cannot_do(desk: Path) -> None:
    before = rebuilt(desk)
    kg("correct", "retract", FIRM, "exportsTo", "韩国", cwd=desk)
    kg("correct", "type", FIRM, "Institution", cwd=desk)
    rebuilt(desk)
    assert json.loads(kg("show", FIRM, "--json", cwd=desk))["thing"]["type"] == "Institution"
    assert not links(desk)
    report = (desk / "build" / "report.json").read_text("utf-8")
    assert "exportsTo country:JPN (Country) cannot be" in report
    assert "any more" not in report
    kg("check", cwd=desk)
    kg("judge", "undo", "2", cwd=desk)
    kg("judge", "undo", "2", cwd=desk)
    assert rebuilt(desk) == before


def test_what_is_judged_stays_judged_when_the_page_is_printed_anew(desk: Path) -> None:
    kg("correct", "retract", "金宇科林", "exportsTo", "日本", cwd=desk)
    kg("correct", "value", "忻州市", "出口额", "13.67亿元", cwd=desk)
    head, title, body = PAGE.strip().split("\n\n")
    other = "城区供暖提前开始\n\n昨日，城区各换热站陆续点火，居民家中温度稳步回升，供热企业全天值守。"
    long = body + "下半年，全市将继续扩大对外开放，为企业出海提供更多便利，力争外贸进出口再上新台阶。" * 3
    narrow = "\n".join(long[at : at + 25] for at in range(0, len(long), 25))
    anew = "\n\n".join((head, other, title, narrow))
    (desk / "page.txt").write_text(anew, "utf-8")
    rebuilt(desk)
    assert ("exportsTo", "日本") not in links(desk)
    assert [figure["value"] for figure in figures(desk)] == ["1367000000"]
    assert "any more" not in (desk / "build" / "report.json").read_text("utf-8")

    (desk / "page.txt").write_text(anew.replace("日本和", ""), "utf-8")
    rebuilt(desk)
    assert "judgements.tsv:2" in (desk / "build" / "report.json").read_text("utf-8")
    assert "any more" in (desk / "build" / "report.json").read_text("utf-8")


def test_contradictions_are_loud_and_neither_side_counts(desk: Path) -> None:
    before = rebuilt(desk)
    kg("correct", "retract", "金宇科林", "exportsTo", "日本", cwd=desk)
    file = desk / "judgements.tsv"
    line = file.read_text("utf-8").splitlines()[1]
    told = kg("judge", "confirm", "金宇科林", "exportsTo", "日本", cwd=desk, code=2)
    assert "line 2" in told
    assert "kg judge undo" in told
    with file.open("a", encoding="utf-8") as out:  # as two people's files come together
        out.write(line.replace("retract", "confirm", 1) + "\n")
    told = kg("build", "page.txt", "--jobs", "1", cwd=desk, code=1)
    assert "line 2" in told
    assert "line 3" in told
    assert (desk / "build" / "graph.ttl").read_bytes() == before


def test_each_bad_line_is_told_in_one_line_and_costs_nothing_else(desk: Path) -> None:
    kg("correct", "retract", "金宇科林", "exportsTo", "日本", cwd=desk)
    bad = {
        "perhaps\tent:甲\t\tent:乙": "there is no verdict",
        "same\tent:甲": "lacks object",
        "same\t甲\t\tent:乙": "is no thing",
        "type\tent:甲\t\t\tFirm": "Enterprise",
        "type\tplace:140900\t\t\tZone": "lexicon",
        "value\tplace:140900\t出口额\t18.67亿元\t一些": "13.67亿元",
        "period\tplace:140900\t出口额\t18.67亿元\t2025-06-30/2025-01-01": "2025-01-01/2025-06-30",
        "rank\tent:甲\texports\tproduct:乙\t3": "a fact has no rank",
        "retract\tent:甲\texports\tproduct:乙\t\t\t\t\t2025-13-01": "2025-08-02",
    }
    with (desk / "judgements.tsv").open("a", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in bad)
    told = kg("build", "page.txt", "--jobs", "1", cwd=desk, code=1).strip().splitlines()
    assert len(told) == len(bad)
    for number, remedy in enumerate(bad.values(), 3):
        (line,) = (line for line in told if f"judgements.tsv:{number}: " in line)
        assert remedy in line
    assert ("exportsTo", "日本") not in links(desk)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("correct", "retract", "没有这样的名字", "exports", "高岭土"), "没有这样的名字"),
        (("correct", "retract", "金宇科林", "exportsTo", "忻州市"), "kg show"),
        (("correct", "retract", "fact:0123456789abcdef0123"), "kg show"),
        (("correct", "retract", "fact:12"), "--ids"),
        (("correct", "value", "忻州市", "出口额", "许多"), "13.67亿元"),
        (("correct", "value", "忻州市"), "FACT NEW"),
        (("correct", "type", "忻州市", "Zone"), "lexicon"),
        (("correct", "retract", "忻州市", "出口额", "--page", "other.txt"), "page.txt"),
        (("judge", "same", "金宇科林", FIRM), "keys"),
        (("judge", "alias", "金宇"), "FORM = NAME"),
        (("judge", "undo", "7"), "kg judge list"),
        (("build", "page.txt", "-J", "none.tsv"), "none.tsv"),
    ],
)
def test_errors_are_one_line_with_a_remedy(first: Path, words: tuple[str, ...], told: str) -> None:
    said = kg(*words, cwd=first, code=2)
    assert told in said
    assert len(said.strip().splitlines()) == 1
    assert not (first / "judgements.tsv").exists()


def test_a_fact_is_taken_by_the_id_that_show_gives(desk: Path) -> None:
    shown = kg("show", FIRM, "--ids", cwd=desk)
    (line,) = (line for line in shown.splitlines() if "exportsTo" in line and "日本" in line)
    kg("correct", "retract", line.split()[-1], "--judgements", "sub/own.tsv", cwd=desk)
    kg("build", "page.txt", "--jobs", "1", cwd=desk, KG_JUDGEMENTS="sub/own.tsv")
    assert ("exportsTo", "日本") not in links(desk)


def test_judgements_become_gold_that_scores_what_they_say(desk: Path) -> None:
    kg("correct", "retract", FIRM, "exportsTo", "日本", cwd=desk)
    kg("correct", "value", "忻州市", "出口额", "13.67亿元", cwd=desk)
    kg("judge", "confirm", FIRM, "exportsTo", "韩国", cwd=desk)
    assert "1 cases" in kg("judge", "as-gold", "--out", "gold", cwd=desk)
    (case,) = (desk / "gold").glob("*.json")
    scores = json.loads(kg("score", case, "--texts", "gold", "--json", cwd=desk))
    wrong = [f["said"] for f in scores["findings"] if not f["right"]]
    assert [said for said in wrong if "exportsTo" in said] == [f"{FIRM} exportsTo 日本"]
    assert len(wrong) == 2  # and the figure as it was misread
    assert scores["relation"]["recall"] == 1
    assert scores["errors"]["observation missed"] == ["忻州市 出口额 1367000000 元"]

    kg("correct", "type", "忻州市", "Group", cwd=desk, code=2)
    kg("correct", "type", "高岭土", "Group", cwd=desk)
    kg("judge", "as-gold", "--out", "gold", cwd=desk)
    scores = json.loads(kg("score", case, "--texts", "gold", "--json", cwd=desk))
    assert scores["errors"]["entity wrong"] == ["Product 高岭土"]
    assert scores["errors"]["entity missed"] == ["Group 高岭土"]
    kg("judge", "undo", "Group", cwd=desk)
    kg("judge", "as-gold", "--out", "gold", cwd=desk)

    (text,) = (desk / "gold").glob("*.txt")
    text.write_text(text.read_text("utf-8").replace("18.67", "13.67").replace("日本和", ""), "utf-8")
    scores = json.loads(kg("score", case, "--texts", "gold", "--json", cwd=desk))
    assert [f["said"] for f in scores["findings"] if not f["right"]] == []
    assert scores["observation"]["recall"] == 1


def test_every_verb_has_an_example_and_speaks_both_languages(tmp_path: Path) -> None:
    for name, group in (("judge", judging.judge), ("correct", judging.correct)):
        for command in group.registered_commands:
            verb = command.name or command.callback.__name__  # type: ignore[union-attr]
            told = kg(name, verb, "--help", cwd=tmp_path)
            assert f"Example: kg {name} {verb}" in " ".join(told.split())
            assert any("\u4e00" <= c <= "\u9fff" for c in told.split("Arguments")[0])


def lines() -> list[Judgement]:
    """Judgements of the sample page, of both sorts and of no effect, two of them contradicting each other."""
    city = ("place:140900", "出口额", "13.67亿元")
    half = {"page": "first.txt", "quote": "出口额13.67亿元"}
    return [
        Judgement("retract", f"ent:{FIRM}", "exportsTo", "country:JPN", page="first.txt", quote="远销日本"),
        Judgement("object", f"ent:{FIRM}", "exports", "product:高岭土", "product:陶土", quote="转化为高岭土"),
        Judgement("confirm", f"ent:{FIRM}", "usesMaterial", "product:煤矸石", who="甲"),
        Judgement("value", *city, "15亿元", **half),
        Judgement("value", *city, "15亿元", **half, who="乙"),
        Judgement("kind", *city, "Target", **half),
        Judgement("period", *city, "2025年", **half),
        Judgement("metric", *city, "出口总额"),
        Judgement("subject", "place:140900", "出口额", "30亿元", "place:140000"),
        Judgement("type", f"ent:{FIRM}", value="Agency"),
        Judgement("type", f"agency:{FIRM}", value="Institution"),
        Judgement("same", "ent:甲", object="ent:乙"),
        Judgement("same", "ent:丙", object="ent:乙"),
        Judgement("different", "ent:甲", object="ent:丙"),
        Judgement("same", "ent:丙", object="ent:丁"),
        Judgement("alias", "ent:丁", value="小丁"),
    ]


def replayed(judgements: list[Judgement]) -> tuple[list[str], set[str]]:
    """The graph of the sample page under a file with these lines, and what is wrong with the file."""
    text = "\n".join([HEADER, *("\t".join(j.cells) for j in judgements)])
    held = verdicts.parse(text, "judgements.tsv")
    page, applied = verdicts.corrected(first_page(), held)
    quads = [*graph.quads(page), *graph.judged(applied)]
    return sorted(map(str, quads)), {p.message.partition(":")[0] for p in held.problems}


@given(st.permutations(lines()))
@settings(max_examples=60, deadline=None)
def test_lines_may_stand_in_any_order(judgements: list[Judgement]) -> None:
    assert replayed(judgements) == replayed(lines())


@given(st.lists(st.sampled_from(lines()), min_size=1))
@settings(max_examples=60, deadline=None)
def test_lines_said_twice_count_once(judgements: list[Judgement]) -> None:
    assert replayed([*judgements, *judgements]) == replayed(list(dict.fromkeys(judgements)))


def test_what_the_lines_make_of_the_page() -> None:
    quads, wrong = replayed(lines())
    text = "\n".join(quads)
    assert wrong == {"judgements contradict each other"}
    assert not [q for q in quads if "ontology#exportsTo> <" in q]
    assert f"id/inst/{FIRM}" in text
    assert not [q for q in quads if f"id/ent/{FIRM}> " in q and "ontology#concerns" not in q]
    assert "1500000000" in text
    assert "出口总额" in text


def test_only_the_ties_on_a_way_between_two_things_contradict_that_they_are_two() -> None:
    held = verdicts.parse("\n".join([HEADER, *("\t".join(j.cells) for j in lines())]), "j.tsv")
    (problem,) = held.problems
    assert all(f"line {n}:" in problem.message for n in (13, 14, 15))
    assert "line 16:" not in problem.message
    assert [(type(v).__name__) for v in held.identity] == ["Alias", "Same"]


@given(st.text(alphabet="报纸讯员\n 　", max_size=20), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_a_quotation_is_found_wherever_it_has_moved(before: str, breaks: int) -> None:
    read = first_page()
    moved = len(before)

    def shift(text: str) -> str:
        return before + text

    page = replace(read.page, text=shift(TEXT))
    facts = tuple(
        replace(
            fact,
            evidence=tuple(
                replace(e, span=Span(e.span.start + moved, e.span.end + moved), rule="newer/7")
                for e in fact.evidence
            ),
        )
        for fact in read.facts
    )
    held = verdicts.parse("\n".join([HEADER, "\t".join(lines()[0].cells)]), "j.tsv")
    after, applied = verdicts.corrected(replace(read, page=page, facts=facts), held)
    assert len(applied) == 1
    assert {f.predicate for f in after.facts} == {"exports", "usesMaterial", "locatedIn"}


def test_every_corrected_statement_is_still_quoted_from_its_page() -> None:
    read = pipeline.read_page(Page("page.txt", PAGE, "0" * 64))
    figure = read.observations[0]
    line = Judgement(
        "value",
        figure.subject,
        figure.metric,
        verdicts.printed(figure),
        "1亿元",
        quote=figure.evidence[0].quote,
    )
    held = verdicts.parse("\n".join([HEADER, "\t".join(line.cells)]), "j.tsv")
    after, _ = verdicts.corrected(read, held)
    for said in (*after.facts, *after.observations):
        for e in said.evidence:
            assert e.quote == PAGE[e.span.start : e.span.end]
    assert after.observations[0].confidence == 1


GROUP = """河东日报 2025年8月2日

海川化工扩产

上半年，山西海川化工集团有限责任公司产值达到12亿元，同比增长8%。山西海川化工集团有限责任公司生产甲醇。
"""
OTHER = """河东日报 2025年9月3日

化工企业再添新品

山西海川化工集团将煤矸石转化为高岭土，产品出口日本和韩国。东岳化工有限公司生产尿素。
"""


def test_names_are_judged_one_and_two_and_what_was_retracted_stays_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GROUP, "utf-8")
    (tmp_path / "b.txt").write_text(OTHER, "utf-8")

    def build() -> bytes:
        kg("build", "a.txt", "b.txt", "--jobs", "1", cwd=tmp_path)
        return (tmp_path / "build" / "graph.ttl").read_bytes()

    before, whole = build(), "山西海川化工集团有限责任公司"
    assert links(tmp_path, whole) >= {("produces", "甲醇"), ("exportsTo", "日本")}
    assert "give two keys" in kg("judge", "same", "海川化工", whole, cwd=tmp_path, code=2)

    kg("correct", "retract", whole, "exportsTo", "日本", cwd=tmp_path)
    kg("judge", "different", "山西海川化工集团", whole, cwd=tmp_path)
    kg("judge", "same", "东岳化工有限公司", whole, "--why", "更名", cwd=tmp_path)
    kg("judge", "alias", "海化", "=", whole, cwd=tmp_path)
    build()
    known = json.loads(kg("show", "海化", "--json", cwd=tmp_path))
    assert {link["other"]["name"] for link in known["links"]} == {"甲醇", "尿素"}
    assert ("exportsTo", "韩国") in links(tmp_path, "山西海川化工集团")
    assert ("exportsTo", "日本") not in links(tmp_path, "山西海川化工集团")
    assert "any more" not in (tmp_path / "build" / "report.json").read_text("utf-8")
    grounds = kg("query", "SELECT ?w { ?l a fz:Link ; fz:reason ?w }", "-f", "csv", cwd=tmp_path)
    assert "更名" in grounds
    kg("build", "a.txt", "--jobs", "1", "--out", "less", cwd=tmp_path)
    notes = json.loads((tmp_path / "less" / "report.json").read_text("utf-8"))["problems"]
    idle = {note["page"] for note in notes if note["message"].endswith("matches nothing any more")}
    assert idle == {"judgements.tsv:2", "judgements.tsv:4"}

    for _ in range(3):  # the retraction alone is left
        kg("judge", "undo", "3", cwd=tmp_path)
    build()
    assert ("exportsTo", "日本") not in links(tmp_path, whole)
    assert ("exportsTo", "韩国") in links(tmp_path, whole)
    kg("judge", "undo", "2", cwd=tmp_path)
    assert build() == before
