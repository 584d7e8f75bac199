"""The page on which SPARQL is written: with and without a script, in a real browser, on the seeds."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pyoxigraph as ox
import pytest
from browser import chromium, visit
from playwright.sync_api import Browser, expect
from servers import explorer

from kg import queries
from kg.iris import FZ, OFFERS

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language": "en"}
WRONG = "SELECT ?firm {\n  ?firm fz:exports </textarea><script>alert(1)</script>\n}"
COLUMN = WRONG.splitlines()[1].index("alert") + 1  # what stands before it is an IRI to SPARQL


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[str]:
    """The address of a server over the graph of the seeds."""
    with explorer(built) as (url, _):
        yield url


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[httpx.Client]:
    """A browser without a script, as far as the server can see."""
    with httpx.Client(base_url=site, headers=HTML, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("name", queries.names())
def test_each_question_is_asked_by_its_name(client: httpx.Client, name: str) -> None:
    answer = client.get("/sparql", params={"name": name})
    if name == "path":
        assert answer.headers["location"].startswith("/network?from=")
        return
    assert answer.status_code == 200
    (text,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    again = client.get("/sparql", params={"query": unescape(text)})
    assert re.findall("<td.*", again.text) == re.findall("<td.*", answer.text)
    assert len(answer.content) < 200_000


def test_parameters_are_filled_in(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"name": "exporters", "product": "高岭土"})
    assert "Shanxi Jinyu Kelin" in answer.text
    answer = client.get("/sparql", params={"name": "exporters", "product": "无此物<b>"})
    assert answer.status_code == 404
    assert "无此物&lt;b&gt;" in answer.text


def test_an_answer_is_seen_in_several_views(client: httpx.Client) -> None:
    given = {"name": "projects-by-investment"}
    page = client.get("/sparql", params=given).text
    assert re.findall(r'view=(\w+)"', page) == ["chart", "map", "network"]
    chart = client.get("/sparql", params={**given, "view": "chart"}).text
    assert "383429000000元" in chart
    assert chart.count('<rect class="actual"') == page.count("<tr><td")
    assert "/id/place/140922" in client.get("/sparql", params={**given, "view": "map"}).text
    assert '<svg class="web"' in client.get("/sparql", params={**given, "view": "network"}).text
    assert "<td" in client.get("/sparql", params={"name": "overview", "view": "map"}).text  # which has none


def test_answers_are_taken_away(client: httpx.Client) -> None:
    page = client.get("/sparql", params={"name": "exports-by-city"}).text
    links = [unescape(link) for link in re.findall(r'href="([^"]*)" download', page)]
    kinds = {client.get(link).headers["content-type"].partition(";")[0] for link in links}
    assert kinds == {
        "text/csv",
        "text/tab-separated-values",
        "application/sparql-results+json",
        "application/sparql-results+xml",
    }


def test_the_python_shown_runs(client: httpx.Client) -> None:
    for query in ("SELECT * { ?s fz:exports ?o }", "CONSTRUCT { ?s fz:exports ?o } { ?s fz:exports ?o }"):
        page = client.get("/sparql", params={"query": query}).text
        programs = [unescape(text) for text in re.findall(r"<pre tabindex.*?>(.*?)</pre>", page, re.DOTALL)]
        python = subprocess.run(
            [sys.executable, "-c", programs[0]], capture_output=True, text=True, check=True
        )
        assert "高岭土" in python.stdout
        curl = subprocess.run(["sh", "-c", programs[1]], capture_output=True, text=True, check=True)
        assert "高岭土" in curl.stdout


def test_an_error_is_shown_at_its_place_and_never_runs(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": WRONG})
    assert answer.status_code == 400
    assert f"line 2, column {COLUMN}" in answer.text
    assert "<script>alert" not in answer.text
    assert "alert(1)" in answer.text
    assert "'nonce-" in answer.headers["content-security-policy"]


def test_what_a_costly_query_gets_is_told_on_the_page(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"})
    assert (answer.status_code, "SERVICE is not allowed" in answer.text) == (400, True)


def test_the_service_describes_itself(site: str) -> None:
    for path in ("/sparql", "/.well-known/void"):
        for media in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"):
            answer = httpx.get(f"{site}{path}", headers={"Accept": media})
            described = set(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media)))
            kinds = {t.object.value for t in described if t.predicate.value.endswith("#type")}
            assert {f"{OFFERS['sd']}Service", f"{OFFERS['void']}Dataset", f"{OFFERS['dcat']}Dataset"} <= kinds
            assert not any(isinstance(t.subject, ox.BlankNode) for t in described)
            classes = {t.object.value for t in described if t.predicate.value == f"{OFFERS['void']}class"}
            assert f"{FZ}Enterprise" in classes
    assert httpx.get(f"{site}/.well-known/void", headers={"Accept": "image/png"}).status_code == 406


def test_completion_by_keyboard(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/sparql?lang=en") as seen:
        box = seen.page.locator("#query")
        box.fill("SELECT ?firm { ?firm ")
        box.press("End")
        box.press_sequentially("fz:expor")
        options = seen.page.get_by_role("option")
        expect(options.first).to_contain_text("fz:exports")
        box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value("SELECT ?firm { ?firm fz:exports ")
        box.press_sequentially("高岭")
        expect(options.first).to_contain_text("kaolin")
        box.press("ArrowDown")
        box.press("Tab")
        expect(box).to_have_value(re.compile(r"<https://w3id.org/fangzhi/id/product/高岭土> $"))
        box.press_sequentially("}")
        box.press("Escape")
        seen.page.get_by_role("button", name="Write out the prefixes").click()
        expect(box).to_have_value(re.compile(f"^PREFIX fz: <{FZ}>\n"))
        box.press("Control+Enter")
        expect(seen.page.locator("td")).to_contain_text(["Shanxi Jinyu Kelin"])
        assert parse_qs(urlsplit(seen.page.url).query)["query"][0].startswith("PREFIX fz:")
        assert seen.errors == []


def test_the_caret_goes_to_the_error(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/sparql?lang=zh") as seen:
        seen.page.locator("#query").fill(WRONG)
        seen.page.get_by_role("button", name="运行").click()
        expect(seen.page.get_by_role("alert")).to_contain_text(f"第 2 行第 {COLUMN} 列")
        start = seen.page.evaluate("document.getElementById('query').selectionStart")
        assert start == WRONG.index("alert")
        assert [error for error in seen.errors if "400" not in error] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_page_needs_no_sideways_scrolling(browser: Browser, site: str, theme: str) -> None:
    with visit(browser, f"{site}/sparql?name=figures&theme={theme}", width=375) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") == 375
