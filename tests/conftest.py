"""What several tests share: two small pages as a stage would hand them on, and the graph of the seeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import builder, graph, store
from kg.model import Article, Entity, Evidence, Extraction, Fact, Issue, Observation, Page, Span

ROOT = Path(__file__).parent.parent
FIRM = "山西金宇科林科技有限公司"
TEXT = """河东外贸上半年稳步增长
金宇科林将煤矸石转化为高岭土,远销日本。
上半年,忻州市出口额13.67亿元,同比增长25.5%。
今年出口额力争达到30亿元。
"""
LATER = """全年外贸收官
2025年忻州市出口额28亿元。
金宇科林的高岭土产品远销海外。
"""


def proof(page: Page, quote: str, rule: str) -> Evidence:
    """The evidence that `quote` on the page is."""
    start = page.text.index(quote)
    return Evidence(page.name, 1, Span(start, start + len(quote)), quote, rule)


def extraction(name: str, text: str, published: str) -> Extraction:
    """A page of one article, without statements."""
    page = Page(name, text, sha256=name.encode().hex().ljust(64, "0"))
    title = Span(0, text.index("\n"))
    article = Article(1, title, (("title", title), ("body", Span(title.end + 1, len(text)))))
    return Extraction(page, Issue(published, home="140900"), (article,), (), (), ())


def entities(*wanted: str) -> tuple[Entity, ...]:
    """The things that the sample pages name."""
    known = {
        "firm": Entity(f"ent:{FIRM}", "Enterprise", FIRM, ("金宇科林",), articles=(1,)),
        "kaolin": Entity("product:高岭土", "Product", "高岭土", articles=(1,)),
        "gangue": Entity("product:煤矸石", "Product", "煤矸石", articles=(1,)),
        "japan": Entity("country:JPN", "Country", "日本", code="JPN", articles=(1,)),
        "city": Entity("place:140900", "City", "忻州市", ("忻州", "我市"), articles=(1,), code="140900"),
    }
    return tuple(known[name] for name in wanted)


def figure(page: Page, text: str, quote: str, period: tuple[date, date]) -> Observation:
    """The city's exports as printed in 亿元."""
    value = Decimal(text.removesuffix("亿元")) * 10**8
    evidence = (proof(page, quote, "figure/1"),)
    return Observation("place:140900", "出口额", value, "元", text, period=period, evidence=evidence)


def first_page() -> Extraction:
    """A page with facts, a figure and a target."""
    base = extraction("first.txt", TEXT, "2025-08-02")
    page, firm = base.page, f"ent:{FIRM}"

    def fact(predicate: str, thing: str, quote: str) -> Fact:
        return Fact(firm, predicate, thing, (proof(page, quote, f"{predicate}/1"),), 0.9)

    facts = (
        fact("exports", "product:高岭土", "高岭土,远销日本"),
        fact("exportsTo", "country:JPN", "远销日本"),
        fact("usesMaterial", "product:煤矸石", "将煤矸石转化为高岭土"),
        fact("locatedIn", "place:140900", "金宇科林"),
    )
    half, year = (date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 1, 1), date(2025, 12, 31))
    actual = figure(page, "13.67亿元", "出口额13.67亿元,同比增长25.5%", half)
    actual = replace(actual, change=Decimal("25.5"), change_unit="%", change_basis="同比")
    target = replace(figure(page, "30亿元", "力争达到30亿元", year), kind="Target")
    named = entities("firm", "kaolin", "gangue", "japan", "city")
    return Extraction(page, base.issue, base.articles, named, facts, (actual, target))


def second_page() -> Extraction:
    """A later page: a fact said again, and what came of the target."""
    base = extraction("second.txt", LATER, "2026-01-20")
    page = base.page
    again = Fact(
        f"ent:{FIRM}", "exports", "product:高岭土", (proof(page, "高岭土产品远销海外", "exports/1"),), 0.9
    )
    actual = figure(page, "28亿元", "出口额28亿元", (date(2025, 1, 1), date(2025, 12, 31)))
    return Extraction(
        page, base.issue, base.articles, entities("firm", "kaolin", "city"), (again,), (actual,)
    )


@pytest.fixture(scope="session")
def quads() -> list[ox.Quad]:
    """The graph of the two sample pages."""
    return [*graph.quads(first_page()), *graph.quads(second_page())]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, quads: list[ox.Quad]) -> Path:
    """A build folder with the graph of the two sample pages."""
    folder = tmp_path_factory.mktemp("sample")
    store.build(folder, quads)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder with the graph of the seeds."""
    folder = tmp_path_factory.mktemp("built")
    builder.build([ROOT / "seeds"], folder)
    return folder
