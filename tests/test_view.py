"""The view in a real browser: what an analyst sees and does, and that no page of a newspaper can do harm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from browser import Visit, chromium, visit
from conftest import FIRM, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect
from shelved import HARM, HOSTILE, hostile

from kg import graph, store
from kg.iris import iri
from kg.known import UnknownName
from kg.view import view
from kg.view.layout import positions

CITY = iri("place:140900")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def shown(sample: Path, browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """The view of the sample pages."""
    with opened(browser, view(store.open_store(sample)), tmp_path) as seen:
        yield seen


def opened(browser: Browser, html: str, folder: Path) -> Visit:
    """The page in the browser, drawn."""
    (folder / "view.html").write_text(html, "utf-8")
    return visit(browser, (folder / "view.html").as_uri())


def content(html: str) -> dict[str, list[dict[str, str]]]:
    """The data of the page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def click_on(page: Page, thing: str) -> None:
    """Clicks on the canvas where the thing is drawn."""
    spot = page.evaluate("iri => network.canvasToDOM(network.getPosition(iri))", thing)
    page.locator("#graph canvas").click(position=spot)


def choose_text(page: Page, text: str) -> None:
    page.locator("#panel summary", has_text=text).first.click()


def test_nothing_is_fetched_and_nothing_fails(shown: Visit) -> None:
    shown.page.wait_for_timeout(300)
    assert shown.page.evaluate("nodes.length") == 5
    assert shown.page.evaluate("edges.get().filter(edge => !edge.hidden).length") >= 4
    assert (shown.requests, shown.errors) == ([], [])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("忻州", "忻州市"),
        ("xinzhou", "忻州市"),
        ("Xīnzhōu", "忻州市"),
        ("金宇科林", FIRM),
        ("jinyu kelin", FIRM),
    ],
)
def test_search_finds_a_thing_by_any_name(shown: Visit, typed: str, name: str) -> None:
    shown.page.keyboard.press("/")
    shown.page.keyboard.type(typed)
    expect(shown.page.locator("#found [role=option]").first).to_contain_text(name)
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("#panel h2")).to_have_text(name)


def test_click_on_a_thing_gives_figures_and_quotations(shown: Visit) -> None:
    click_on(shown.page, CITY)
    panel = shown.page.locator("#panel")
    expect(panel).to_contain_text("13.67亿元")
    choose_text(shown.page, "13.67亿元")
    expect(panel.locator(".figure q:visible")).to_have_text("出口额13.67亿元,同比增长25.5%")
    expect(panel.locator(".figure cite:visible")).to_have_text("河东外贸上半年稳步增长")
    expect(panel).to_contain_text("first.txt")
    assert shown.errors == []


def test_click_on_a_line_gives_both_quotations(shown: Visit) -> None:
    shown.page.keyboard.press("/")
    shown.page.keyboard.type("产品远销")
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("#panel h2")).to_have_text("出口")
    expect(shown.page.locator("#panel q")).to_have_count(2)


def test_search_opens_a_figure(shown: Visit) -> None:
    shown.page.fill("#search", "力争")
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("#panel .figure[open] .badge")).to_have_text("目标")
    expect(shown.page.locator("#panel .figure[open] q")).to_have_text("力争达到30亿元")


def test_hover_shows_a_quotation(shown: Visit) -> None:
    spot = shown.page.evaluate("iri => network.canvasToDOM(network.getPosition(iri))", iri(f"ent:{FIRM}"))
    shown.page.locator("#graph canvas").hover(position=spot)
    expect(shown.page.locator("#tip strong")).to_have_text(FIRM)
    expect(shown.page.locator("#tip q")).to_contain_text("高岭土")


def test_legend_hides_a_class_and_a_relation(shown: Visit) -> None:
    visible = "nodes.get().filter(node => !node.hidden).length"
    product = shown.page.locator("#legend button.row", has_text="产品")
    product.click()
    expect(product).to_have_attribute("aria-pressed", "false")
    assert shown.page.evaluate(visible) == 3
    product.click()
    assert shown.page.evaluate(visible) == 5
    shown.page.locator("#legend button.row", has_text="出口到").click()
    assert shown.page.evaluate("DATA.facts.filter(factShown).length") == 3


def test_table_says_the_same_and_follows_the_legend(shown: Visit) -> None:
    shown.page.locator("#tabular").click()
    rows = shown.page.locator("#table tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="远销日本")).not_to_have_count(0)
    shown.page.locator("#table [role=tab]", has_text="数据").click()
    shown.page.locator("#table th button", has_text="数值").click()
    expect(rows.first).to_contain_text("13.67亿元")
    shown.page.locator("#legend button.row", has_text="地级").click()
    expect(rows).to_have_count(0)


def test_english_dark_and_keyboard(shown: Visit) -> None:
    page = shown.page
    page.locator("#language").click()
    expect(page.locator("#legend")).to_contain_text("Enterprise")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    paper = page.evaluate("colour('--paper')")
    page.locator("#theme").click()
    assert page.evaluate("colour('--paper')") != paper
    before = page.evaluate("network.getScale()")
    page.locator("#graph").focus()
    page.keyboard.press("+")
    page.wait_for_function("before => network.getScale() > before", arg=before)
    assert shown.errors == []


def test_the_seeds_are_worth_looking_at(built: Path, browser: Browser, tmp_path: Path) -> None:
    with opened(browser, view(store.open_store(built)), tmp_path) as seen:
        page = seen.page
        assert page.evaluate("nodes.length") > 100
        page.fill("#search", "忻州")
        page.keyboard.press("Enter")
        exports = page.locator("#panel details", has_text="13.67亿元").first
        exports.locator("summary").click()
        expect(exports.locator("q").first).to_contain_text("出口额")
        (ROOT / "build").mkdir(exist_ok=True)
        page.screenshot(path=ROOT / "build" / "view.png")
        assert (seen.requests, seen.errors) == ([], [])


def hostile_store() -> store.Store:
    """The graph of a hostile page."""
    made = hostile()
    engine = ox.Store()
    engine.extend(graph.quads(made))
    engine.extend(ox.Quad(q.subject, q.predicate, q.object) for q in graph.quads(made))
    return store.Embedded(engine)


def test_a_hostile_page_does_nothing(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, view(hostile_store()), tmp_path) as seen:
        page = seen.page
        for thing in page.evaluate("DATA.nodes.map(node => node.id)"):
            click_on(page, thing)
            page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
            page.evaluate("iri => tip({ center: { x: 9, y: 9 } }, nodeTip(iri))", thing)
        for fact in page.evaluate("DATA.facts.map(fact => fact.iri)"):
            page.evaluate(
                "iri => { choose(iri); tip({ center: { x: 9, y: 9 } }, factTip(facts.get(iri))); }", fact
            )
        for typed in ("<img", "javascript", "script"):
            page.fill("#search", typed)
            expect(page.locator("#found [role=option]").first).to_be_visible()
        page.keyboard.press("Escape")
        page.locator("#tabular").click()
        for tab in range(3):
            page.locator("#table [role=tab]").nth(tab).click()
        expect(page.locator("#table")).to_contain_text(HOSTILE[0])
        page.locator("#language").click()
        page.wait_for_timeout(300)
        assert page.evaluate("window.harmed") is None
        assert page.locator("img, a, iframe, #panel script, #table svg[onload]").count() == 0
        assert (seen.requests, seen.errors) == ([], [])


def test_policy_forbids_what_escaping_might_miss(browser: Browser, tmp_path: Path) -> None:
    attack = f"<script>{HARM}</script><img src='x.png' onerror='{HARM}'><noscript>"
    html = view(hostile_store()).replace("<noscript>", attack, 1)
    with opened(browser, html, tmp_path) as seen:
        seen.page.wait_for_timeout(300)
        assert seen.page.evaluate("window.harmed") is None
        assert any("Content Security Policy" in error for error in seen.errors)


def test_view_of_one_thing_and_what_it_leaves_out(sample: Path) -> None:
    graph_ = store.open_store(sample)
    near = content(view(graph_, "高岭土", depth=1))
    assert {node["id"] for node in near["nodes"]} == {iri("product:高岭土"), iri(f"ent:{FIRM}")}
    assert near["centres"] == [iri("product:高岭土")]
    few = content(view(graph_, limit=2))
    assert few["nodes"][0]["id"] == iri(f"ent:{FIRM}")
    assert few["whole"]["things"] == 5
    with pytest.raises(UnknownName, match="无此物"):
        view(graph_, "无此物")


def test_same_graph_same_page(quads: list[ox.Quad], tmp_path: Path) -> None:
    for name, order in (("one", quads), ("two", quads[::-1])):
        store.build(tmp_path / name, order)
    assert view(store.open_store(tmp_path / "one")) == view(store.open_store(tmp_path / "two"))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 60), st.randoms(use_true_random=False))
def test_no_two_boxes_overlap(nodes: int, lines: int, chance: object) -> None:
    drawn = nx.gnm_random_graph(nodes, lines, seed=chance)
    drawn = nx.relabel_nodes(drawn, str)
    boxes = {node: (60.0 + 9 * (int(node) % 7), 40.0) for node in drawn}
    spots = positions(drawn, boxes)
    assert set(spots) == set(drawn)
    for a in drawn:
        for b in drawn:
            if a < b:
                apart_x = abs(spots[a][0] - spots[b][0]) - (boxes[a][0] + boxes[b][0]) / 2
                apart_y = abs(spots[a][1] - spots[b][1]) - (boxes[a][1] + boxes[b][1]) / 2
                assert max(apart_x, apart_y) > -1
