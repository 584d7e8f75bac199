"""The command as a user meets it: every verb's help, answers for people and programs, errors of one line."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VERBS = (
    "build",
    "add",
    "read",
    "merge",
    "remove",
    "query",
    "show",
    "view",
    "export",
    "check",
    "score",
    "explain",
    "ontology",
    "serve",
    "doctor",
    "backup",
    "restore",
    "judge",
    "correct",
    "diff",
    "conflicts",
    "promises",
    "projects",
)


def kg(*words: str | Path, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, words)],
        cwd=cwd or ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "160"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example_or_says_all(verb: str) -> None:
    done = kg(verb, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    assert any("\u4e00" <= c <= "\u9fff" for c in done.stdout), "Chinese and English"


def test_serve_says_in_one_line_what_keeps_it(sample: Path, tmp_path: Path) -> None:
    nothing = kg("serve", tmp_path)
    assert (nothing.returncode, nothing.stdout, nothing.stderr.count("\n")) == (2, "", 1)
    assert "no graph here" in nothing.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = kg("serve", sample, "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--port" in done.stderr


def test_show_answers_in_english_letters_with_the_quotation(built: Path) -> None:
    done = kg("show", "Jinyu Kelin", "--build", built)
    assert "山西金宇科林科技有限公司" in done.stdout
    assert "exports" in done.stdout
    assert "kaolin" in done.stdout
    assert "高岭土" in done.stdout


def test_show_for_programs_is_json(built: Path) -> None:
    known = json.loads(kg("show", "忻州市", "--build", built, "--json").stdout)
    assert known["thing"]["name"] == "忻州市"
    assert known["code"] == "140900"


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_query_answers_in_each_form(built: Path, form: str) -> None:
    done = kg("query", "exporters", "--param", "product=高岭土", "--build", built, "--format", form)
    assert done.returncode == 0, done.stderr
    assert "金宇科林" in done.stdout


def test_query_gives_turtle_for_construct(built: Path) -> None:
    done = kg("query", "CONSTRUCT { ?s fz:exports ?o } WHERE { ?s fz:exports ?o }", "-b", built, "-f", "ttl")
    assert "fz:exports" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("query", "exportz-by-city"), "exports-by-city"),
        (("query", "SELECT ?x WHERE { ?x ?y }"), "line"),
        (("query", "exporters", "--param", "product"), "NAME=VALUE"),
        (("query", "exporters", "--format", "xml"), "csv"),
        (("show", "没有这样的名字"), "没有这样的名字"),
        (("export", "--to", "pdf"), "graphml"),
        (("export", "--to", "nt", "--output", "/dev/null/x"), "/dev/null: "),
    ],
)
def test_errors_are_one_line_with_a_remedy(built: Path, words: tuple[str, ...], told: str) -> None:
    done = kg(*words, "--build", built)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "where", ["SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }", "LOAD <http://127.0.0.1:1/>"]
)
def test_a_question_from_a_file_asks_no_other_server(built: Path, tmp_path: Path, where: str) -> None:
    file = tmp_path / "question.rq"
    file.write_text(f"SELECT * {{\n  {where}\n}}\n", "utf-8")
    run = kg("query", file, "--build", built)
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1)
    assert "line 2, column 3" in run.stderr


def test_a_question_that_takes_too_long_is_ended(built: Path) -> None:
    product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    run = kg("query", product, "--build", built, "--timeout", "1")
    assert (run.returncode, run.stderr.strip()) == (
        2,
        "kg: no answer in 1 s; ask for less, or give another --timeout",
    )


def test_a_terminal_without_chinese_gets_escapes(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = kg("show", "Xinzhou", "--json", "--build", built)
    assert "忻州市" not in done.stdout
    assert "忻州市" in json.loads(done.stdout)["thing"].values()


def test_no_graph_yet_says_how_to_make_one(tmp_path: Path) -> None:
    done = kg("show", "忻州市", cwd=tmp_path)
    assert done.returncode == 2
    assert "kg build" in done.stderr


def test_build_says_what_it_could_not_read_and_exits_with_1(tmp_path: Path) -> None:
    done = kg(
        "build", ROOT / "seeds" / "000_9af058ac9729815f.txt", tmp_path / "no.txt", "--out", tmp_path / "b"
    )
    assert done.returncode == 1
    assert "no.txt" in done.stderr
    assert (tmp_path / "b" / "graph.ttl").is_file()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("太原市的优良天数达到250天。", "no issue date"),
        ("2025年8月2日 星期六 第3版 责任编辑：张三\n", "no article"),
    ],
)
def test_a_page_that_lacks_something_is_built_and_told_in_one_line(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "page.txt").write_text(text, "utf-8")
    done = kg(
        "build", tmp_path / "page.txt", ROOT / "seeds" / "000_9af058ac9729815f.txt", "--out", tmp_path / "b"
    )
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("page.txt: ")
    assert told in line
    assert "; " in line
    assert "2 pages" in done.stdout


def test_build_reads_standard_input(tmp_path: Path) -> None:
    done = kg(
        "build",
        "-",
        "--out",
        tmp_path / "b",
        "--json",
        stdin="太原日报 2026年1月5日\n\n2025年，太原市出口额100亿元。\n",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["Observation"] == 1


def test_explain_shows_names_coded_sentence_and_rules() -> None:
    done = kg("explain", "华为与比亚迪签署合作协议。")
    assert "{Enterprise}" in done.stdout
    assert "partnersWith" in done.stdout
    lines = json.loads(kg("explain", "华为与比亚迪签署合作协议。", "--json").stdout)
    assert [m["name"] for m in lines[0]["mentions"]]


def test_explain_tells_which_rules_nearly_fired_and_by_which_word() -> None:
    (line,) = json.loads(kg("explain", "美国没有签署合作协议。", "--json").stdout)
    assert not line["fired"]
    assert all(rule.partition(":")[2] in line["text"] for rule in line["near"])
    (line,) = json.loads(kg("explain", "华为与比亚迪都出席了签署仪式。", "--json").stdout)
    assert [rule for rule in line["near"] if rule.startswith("partnersWith/") and rule.endswith(":签署")]


def test_explain_takes_only_a_day_for_a_date() -> None:
    done = kg("explain", "今年", "--published", "2025-13-01")
    assert done.returncode == 2
    assert "%Y-%m-%d" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    (tmp_path / "locked" / ".lock").mkdir(parents=True)  # even root cannot open a folder as a database
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "locked"):
        done = kg("build", ROOT / "seeds" / "000_9af058ac9729815f.txt", "--out", folder)
        assert done.returncode == 2
        assert str(folder) in done.stderr
        assert "give another --out" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_score_measures_a_gold_file(tmp_path: Path) -> None:
    text = "2025年，太原市出口额100亿元，同比增长5%。"
    (tmp_path / "t.txt").write_text(text, "utf-8")
    gold = {
        "doc": "t.txt",
        "entities": [
            {"id": "e1", "type": "City", "name": "太原市"},
            {"id": "e2", "type": "County", "name": "阳曲县"},
        ],
        "relations": [{"s": "e2", "p": "locatedIn", "o": "e1"}],
        "observations": [
            {"s": "e1", "metric": "出口额", "value": 100, "unit": "亿元", "period": "2025-01-01/2025-12-31",
             "kind": "actual", "change": 5, "rank": None}
        ],
    }  # fmt: skip
    (tmp_path / "t.json").write_text(json.dumps(gold, ensure_ascii=False), "utf-8")
    found = json.loads(kg("score", tmp_path / "t.json", "--texts", tmp_path, "--json").stdout)
    assert found["entity"]["precision"] == 1.0
    assert found["observation"]["f1"] == 1.0
    assert found["relation"]["recall"] == 0.0
    assert found["attributes"] == {"period": [1, 1], "kind": [1, 1], "change": [1, 1]}


def test_score_against_a_record_shows_what_a_change_gained_and_lost(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("2025年，太原市出口额100亿元。", "utf-8")
    gold = {
        "doc": "t.txt",
        "entities": [{"id": "e1", "type": "City", "name": "太原市"}],
        "relations": [],
        "observations": [{"s": "e1", "metric": "出口额", "value": 100, "unit": "亿元"}],
    }
    (tmp_path / "t.json").write_text(json.dumps(gold, ensure_ascii=False), "utf-8")
    score = ("score", tmp_path / "t.json", "--texts", tmp_path)
    record = json.loads(kg(*score, "--json").stdout)
    figure = next(f for f in record["findings"] if f["kind"] == "observation")
    record["findings"] = [f for f in record["findings"] if f is not figure]
    record["findings"].append(
        {**figure, "said": "太原市 进口额 7亿元", "right": False, "quote": "进口额7亿元"}
    )
    (tmp_path / "before.json").write_text(json.dumps(record), "utf-8")

    told = kg(*score, "--against", tmp_path / "before.json").stdout
    gained, lost = told.split("gained: 1 right, 0 wrong")[1].split("lost: 0 right, 1 wrong")
    assert figure["said"] in gained
    assert f"“{figure['quote']}”" in gained
    assert "进口额7亿元" in lost

    done = kg(*score, "--against", tmp_path / "t.txt")
    assert done.returncode == 2
    assert "kg score --json" in done.stderr


def test_score_names_a_gold_file_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text("{}", "utf-8")
    done = kg("score", tmp_path / "g.json", "--texts", tmp_path)
    assert done.returncode == 2
    assert "g.json" in done.stderr
    assert "entities" in done.stderr


def test_version() -> None:
    assert kg("--version").stdout.startswith("kg ")
