"""A user's own relation, by TOML alone: read, shaped, asked for, shown; and a rule learnt from an example."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ACQUIRES = """
[acquires]
zh = "收购"
en = "acquires"
comment = { zh = "收购另一企业", en = "Buys another firm." }
domain = ["Enterprise"]
range = ["Enterprise"]

[[acquires.rules]]
pattern = '{s}{near}收购(?:了)?{near}{o+}'
confidence = 0.9
finds = [{ text = "[Enterprise:海川集团]全资收购[Enterprise:东岳公司]。", is = [["海川集团", "东岳公司"]] }]
skips = ["[Enterprise:海川集团]收购粮食。"]
"""
PAGE = """本报讯 2025年3月2日，海川钢铁集团有限公司宣布收购东岳水泥有限公司。
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with one relation of the user's own and a page that says it."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "relations.toml").write_text(ACQUIRES, "utf-8")
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    return tmp_path


def kg(folder: Path, *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", *map(str, args)]
    environment = {**os.environ, "KG_RULES": str(folder / "rules"), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=folder, env=environment, check=False
    )


def test_a_relation_of_ones_own_needs_no_python(own: Path) -> None:
    assert kg(own, "rules", "check").returncode == 0
    assert kg(own, "build", "page.txt").returncode == 0
    assert "fz:acquires" in (own / "build" / "graph.ttl").read_text("utf-8")

    asked = kg(own, "query", "facts", "--param", "relation=收购", "--format", "csv").stdout
    assert "海川钢铁集团有限公司" in asked
    assert "东岳水泥有限公司" in asked
    assert "acquires 收购" in kg(own, "query", "facts", "--param", "relation=买").stderr

    checked = kg(own, "check")
    assert "acquires" not in checked.stdout, "its shapes know the relation"
    assert kg(own, "view", "-o", "view.html").returncode == 0
    assert '"acquires":{"zh":"收购","en":"acquires"}' in (own / "view.html").read_text("utf-8")

    assert kg(own, "ontology").returncode == 0
    made = own / "rules" / "ontology"
    assert "fz:acquires a owl:ObjectProperty" in (made / "relations.ttl").read_text("utf-8")
    assert "fz:acquiresDomainShape" in (made / "shapes.ttl").read_text("utf-8")
    assert kg(own, "ontology", "--check").returncode == 0


def test_a_rule_is_learnt_from_an_example(own: Path) -> None:
    for n, verb in enumerate(("兼并", "成功兼并", "正式兼并")):
        text = f"本报讯 2025年3月{n + 1}日，海川钢铁集团有限公司{verb}东岳水泥有限公司。\n"
        (own / f"more{n}.txt").write_text(text, "utf-8")
    sentence = "南山铝业有限公司日前溢价兼并了[Enterprise:西河矿业]。"
    marked = "[Enterprise:南山铝业有限公司]日前溢价兼并了[Enterprise:西河矿业]。"
    learn = (
        "rules",
        "learn",
        "-r",
        "acquires",
        "--pages",
        "more0.txt",
        "--pages",
        "more1.txt",
        "--pages",
        "more2.txt",
    )

    done = kg(own, *learn, "--yes", marked, "南山铝业有限公司", "西河矿业")
    assert done.returncode == 0, done.stderr
    assert "pattern = '{s}{near}兼并{near}{o+}'" in done.stdout
    assert "fires 3 times" in done.stdout
    assert "“海川钢铁集团有限公司成功兼并东岳水泥有限公司”" in done.stdout
    assert kg(own, "rules", "check").returncode == 0
    assert kg(own, "build", "more1.txt").returncode == 0
    assert "acquires/2" in (own / "build" / "graph.ttl").read_text("utf-8")

    assert "mark it" in kg(own, *learn, sentence, "南山铝业", "西河矿业").stderr
    assert "no relation buys" in kg(own, *learn[:3], "buys", marked, "南山铝业有限公司", "西河矿业").stderr
    assert "Project" not in kg(own, *learn, marked, "南山铝业有限公司", "西河矿业").stderr


def test_what_is_wrong_in_ones_own_rules_is_named(own: Path) -> None:
    path = own / "rules" / "relations.toml"
    path.write_text(ACQUIRES.replace("收购(?:了)?", "出售"), "utf-8")
    done = kg(own, "rules", "check")
    assert done.returncode == 1
    assert "acquires/1 finds nothing" in done.stderr
    path.write_text(ACQUIRES.replace('zh = "收购"\n', ""), "utf-8")
    assert "[acquires] lacks zh" in kg(own, "build", "page.txt").stderr
    path.write_text("[acquires", "utf-8")
    assert "relations.toml" in kg(own, "build", "page.txt").stderr
    for text, told in (("acquires = 3", "[acquires]"), ("[[exports]]\nx = 1", "exports is of another shape")):
        path.write_text(text, "utf-8")
        done = kg(own, "rules", "check")
        assert done.returncode == 2
        assert told in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    (path.parent / "relations.toml").unlink()
    path.parent.rmdir()
    assert "no such folder" in kg(own, "build", "page.txt").stderr
    assert kg(own, "query").stderr == ""
