"""What one graph says that another does not, in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
from conftest import FIRM, first_page, second_page
from hypothesis import given, settings
from hypothesis import strategies as st
from test_verdicts import kg

from kg import diff, graph
from kg.graph import links
from kg.model import Entity, Extraction, Milestone
from kg.store import Embedded, Store

MIRROR = {"＋": "－", "－": "＋", "～": "～", "＝": "≠", "≠": "＝"}


def held(pages: Iterable[Extraction], more: Iterable[ox.Quad] = ()) -> Store:
    """The graph of some pages."""
    engine = ox.Store()
    for quad in (*(q for page in pages for q in graph.quads(page)), *more):
        engine.add(quad)
        engine.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    return Embedded(engine)


def told(before: Store, after: Store) -> dict[str, list[str]]:
    """The differences, by sort."""
    sections = diff.diff(before, after)
    return {s.name: [f"{c.sign}{c.said}|{c.quote}|{c.page}" for c in s.changes] for s in sections if s.counts}


def test_a_page_more_says_more() -> None:
    found = told(held([first_page()]), held([first_page(), second_page()]))
    assert found == {
        "pages": ["＋second.txt||"],
        "figures": ["＋忻州市 2025-01-01至2025-12-31 出口额 28亿元|出口额28亿元|second.txt"],
    }


def test_what_is_read_otherwise_from_the_same_words_has_changed() -> None:
    page = first_page()
    actual, target = page.observations
    mended = replace(actual, value=Decimal(1500000000), value_text="15亿元")
    facts = (*page.facts[1:], replace(page.facts[0], object="product:煤矸石"))
    found = told(held([page]), held([replace(page, observations=(mended, target), facts=facts)]))
    (fact,) = found["facts"]
    assert fact.startswith(f"～{FIRM} 出口 高岭土 → {FIRM} 出口 煤矸石|")
    (figure,) = found["figures"]
    assert "13.67亿元 同比25.5% → 忻州市" in figure
    assert "15亿元 同比25.5%|出口额13.67亿元,同比增长25.5%|first.txt" in figure
    assert found.keys() == {"facts", "figures"}


def test_one_that_became_two_is_told_once_and_its_facts_are_not() -> None:
    short = "ent:金宇科林"
    page = first_page()
    firm = Entity(short, "Enterprise", "金宇科林", articles=(1,))
    facts = tuple(replace(f, subject=short) if f.subject.startswith("ent:") else f for f in page.facts)
    apart = replace(page, entities=(*page.entities[1:], firm), facts=facts)
    link = links.Link(short, f"ent:{FIRM}", 0.9, "it is short for it", "short")
    one, two = held([page, second_page()], links.linked([link])), held([apart, second_page()])
    assert told(two, one) == {"things": [f"＝金宇科林 即 {FIRM}（it is short for it）||"]}
    assert told(one, two) == {"things": [f"≠金宇科林 不再是 {FIRM}（it is short for it）||"]}


def test_stages_of_projects_and_classes_of_things() -> None:
    page = first_page()
    plant = Entity("project:高岭土项目", "Project", "高岭土项目", articles=(1,))
    proof = page.facts[0].evidence
    later = replace(
        page,
        entities=(*page.entities, plant),
        milestones=(Milestone(plant.key, "Started", None, "Actual", proof),),
    )
    found = told(held([page]), held([later]))
    assert found["things"] == ["＋项目 高岭土项目||"]
    assert found["milestones"] == ["＋高岭土项目 开工|高岭土,远销日本|first.txt"]
    renamed = tuple(
        replace(e, key=f"inst:{FIRM}", type="Institution") if e.type == "Enterprise" else e
        for e in page.entities
    )
    facts = tuple(replace(f, subject=f"inst:{FIRM}") for f in page.facts)
    found = told(held([page]), held([replace(page, entities=renamed, facts=facts)]))
    assert found == {"things": [f"～{FIRM}：企业 → 机构||"]}


def some(draw_facts: list[bool], draw_figures: list[bool]) -> Extraction:
    """The first page with some of its facts and figures."""
    page = first_page()
    return replace(
        page,
        facts=tuple(f for f, keep in zip(page.facts, draw_facts, strict=True) if keep),
        observations=tuple(o for o, keep in zip(page.observations, draw_figures, strict=True) if keep),
    )


SOME = st.builds(
    some, st.lists(st.booleans(), min_size=4, max_size=4), st.lists(st.booleans(), min_size=2, max_size=2)
)


@given(SOME, SOME)
@settings(max_examples=25, deadline=None)
def test_the_other_way_round_it_is_the_mirror_image(a: Extraction, b: Extraction) -> None:
    one, other = held([a]), held([b])
    counts = {s.name: dict(s.counts) for s in diff.diff(one, other)}
    back = {s.name: {MIRROR[sign]: n for sign, n in s.counts.items()} for s in diff.diff(other, one)}
    assert counts == back
    assert told(one, one) == {}
    told_of = [line for name in ("facts", "figures") for line in told(one, other).get(name, [])]
    changed = sum("～" in line for line in told_of)
    parts = [{*a.facts}, {*a.observations}], [{*b.facts}, {*b.observations}]
    assert len(told_of) + changed == sum(len(x ^ y) for x, y in zip(*parts, strict=True))


def test_the_command_tells_people_and_programs(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_bytes(b"")
    shown = kg("diff", tmp_path / "one.ttl", sample, "--limit", "1", cwd=tmp_path)
    assert "pages 版面 ＋2" in shown
    assert "… 1 more: --limit 0 shows all" in shown
    found = json.loads(kg("diff", tmp_path / "one.ttl", sample, "--json", cwd=tmp_path))
    assert found["facts"]["counts"] == {"＋": 4}
    assert all(change["quote"] for change in found["facts"]["changes"])
    assert "they say the same" in kg("diff", sample, sample, cwd=tmp_path)
    assert "kg build" in kg("diff", tmp_path / "none", sample, cwd=tmp_path, code=2)
