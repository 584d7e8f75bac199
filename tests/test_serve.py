"""The explorer as a program meets it: pages, forms of data, and nothing that harms who looks."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import socket
import threading
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
import rdflib
import uvicorn
from conftest import FIRM, ROOT, TEXT, first_page, second_page
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad
from shelved import HOSTILE, hostile, shelved
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from kg import graph, store
from kg.iris import ID, iri, node, term
from kg.model import Span
from kg.serve import app, charts, compare, open_site
from kg.serve.article import Note, pieces
from kg.serve.patience import Patient
from kg.serve.telling import flowing, printed
from kg.store.statements import Figure

FIRM_PAGE = f"/id/ent/{quote(FIRM)}"


def client(folder: Path) -> TestClient:
    """A client of the site of a build folder."""
    return TestClient(app(open_site(folder)), base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The site of the two sample pages."""
    return client(shelved(tmp_path_factory.mktemp("shelved"), first_page(), second_page()))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The site of a hostile page."""
    return client(shelved(tmp_path_factory.mktemp("hostile"), hostile()))


def links(html: str) -> set[str]:
    """The addresses on this site that a page leads to."""
    return {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', html)}


class Tags(HTMLParser):
    """The tags of a page with their attributes, as a browser takes them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    @classmethod
    def of(cls, html: str) -> list[tuple[str, dict[str, str | None]]]:
        parser = cls()
        parser.feed(html)
        return parser.found


# --- what there is ------------------------------------------------------------------------------------------


def test_every_link_of_every_page_leads_somewhere(site: TestClient) -> None:
    seen: dict[str, int] = {}
    left = ["/", FIRM_PAGE, "/search?q=高岭土", "/network", "/network?by=groups"]
    while left:
        address = left.pop()
        if address in seen or address.startswith("/sparql"):
            continue
        answer = site.get(address)
        seen[address] = answer.status_code
        assert len(answer.content) < 200_000 or address.startswith("/static/vis-network"), address
        if "html" in answer.headers["content-type"]:
            left += links(answer.text)
    assert {address for address, status in seen.items() if status != 200} == set()
    assert len(seen) > 20


def test_a_thing_tells_facts_figures_and_their_proofs(site: TestClient) -> None:
    firm = site.get(FIRM_PAGE).text
    assert "高岭土产品远销海外" in firm
    assert f"?mark={TEXT.index('远销日本')}-" in firm
    city = site.get("/id/place/140900").text
    for said in ("13.67亿元", "同比 +25.5%", "2025年1—6月", "目标", "力争达到30亿元", "山西省"):
        assert said in city
    assert city.count('class="column ') == 2  # the year as promised and as it came


def test_a_thing_of_which_nothing_was_read_says_so(tmp_path: Path) -> None:
    base = first_page()
    idle = client(shelved(tmp_path, replace(base, facts=(), observations=())))
    assert "只有文章提到它" in idle.get(FIRM_PAGE).text


def test_a_page_marks_the_very_characters(site: TestClient) -> None:
    article = next(link for link in links(site.get(FIRM_PAGE).text) if "/id/article/" in link)
    page = site.get(article).text
    printed = page[page.index('<article class="printed"') : page.index("</article>")]
    marked = re.findall(r'class="hit[^"]*" id="c-(\d+)"[^>]*>([^<]*)<', printed)
    assert marked
    for start, text in marked:
        assert TEXT.startswith(text, int(start)) or "2025年忻州市" in page
    whole = "".join(
        re.sub(r"<[^>]+>", "", part) for part in re.findall(r"<p class=\"\w+\">.*?</p>", printed, re.S)
    )
    assert whole.replace("\n", "") in (TEXT.replace("\n", ""), second_page().page.text.replace("\n", ""))


spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.lists(spans, max_size=6), spans)
def test_overlapping_proofs_are_cut_at_every_bound(
    proofs: list[tuple[int, int]], of: tuple[int, int]
) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(50))
    notes = [Note(*span, [], []) for span in proofs]
    cut = pieces(text, Span(*of), notes)
    assert "".join(piece.text for piece in cut) == text[of[0] : of[1]]
    for piece in cut:
        inside = [n for n in notes if n.start <= piece.start and piece.start + len(piece.text) <= n.end]
        assert bool(inside) == bool(piece.note)
        touched = [n for n in notes if n.start < piece.start + len(piece.text) and n.end > piece.start]
        assert touched == inside


def test_an_old_address_leads_on(tmp_path: Path) -> None:
    old = Quad(node("ent:金宇科林"), term("dcterms:isReplacedBy"), node(f"ent:{FIRM}"))
    store.build(tmp_path, [*graph.quads(first_page()), old])
    answer = client(tmp_path).get(f"/id/ent/{quote('金宇科林')}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, FIRM_PAGE)


def test_a_new_build_is_served_at_once_and_the_old_one_to_its_end(tmp_path: Path) -> None:
    store.build(tmp_path, graph.quads(first_page()))
    there = client(tmp_path)
    before = open_site(tmp_path)
    assert there.get("/search?q=全年外贸收官&in=texts").text.count('class="result"') == 0
    store.build(tmp_path, [*graph.quads(first_page()), *graph.quads(second_page())])
    assert there.get("/search?q=全年外贸收官&in=texts").text.count('class="result"') == 1
    assert before.index.told["articles"] == 1
    for _ in range(3):  # after which the first generation is long removed
        store.build(tmp_path, graph.quads(second_page()))
        assert there.get("/").status_code == 200
    assert there.get("/id/country/JPN").status_code == 404


def test_the_way_between_two_things(site: TestClient) -> None:
    way = site.get("/network", params={"from": "高岭土", "to": "日本"}).text
    assert "出口到" in way
    assert "远销日本" in way
    together = site.get("/network", params={"from": "煤矸石", "to": "山西省", "relation": "exports"}).text
    assert "按事实连不起来" in together
    assert "没有叫" in site.get("/network", params={"from": "无此物", "to": "日本"}).text


def test_things_are_compared_only_where_they_can_be() -> None:
    def of(about: str, value: str, first: str, kind: str = "Actual", unit: str = "元") -> Figure:
        return replace(figure(value, first, f"{first[:4]}-12-31", kind), about=about, unit=unit)

    one, ends = of("a", "1", "2025-01-01"), ("a", "b")
    (row,) = compare.alike("出口额", [one, of("b", "2", "2025-01-01")], ends)
    assert (row.apart, [cell and cell.value for cell in row.cells]) == ((), ["1", "2"])
    for other, why in (
        (of("b", "2", "2024-01-01"), "periods"),
        (of("b", "2", "2025-01-01", "Target"), "kinds"),
        (of("b", "2", "2025-01-01", unit="美元"), "units"),
    ):
        assert [row.apart for row in compare.alike("出口额", [one, other], ends)] == [(why,)]


def test_a_comparison_names_what_it_does_not_know(site: TestClient) -> None:
    page = site.get("/compare", params={"what": ["忻州", "无此物"]}).text
    assert "没有叫“无此物”的事物" in page


def test_the_drawing_and_its_table_say_the_same(site: TestClient) -> None:
    drawn = json.loads(site.get("/network.json").text)
    assert {fact["predicate"] for fact in drawn["facts"]} == {
        "exports",
        "exportsTo",
        "usesMaterial",
        "locatedIn",
    }
    table = site.get("/network").text
    assert table.count("<tr>") == 1 + len(drawn["facts"])
    few = json.loads(site.get("/network.json?kind=Enterprise&kind=Product&relation=exports").text)
    assert [fact["predicate"] for fact in few["facts"]] == ["exports"]
    groups = json.loads(site.get("/network.json?by=groups").text)
    assert any(fact["role"] == "× 1" for fact in groups["facts"])


def test_suggestions(site: TestClient) -> None:
    first = site.get("/suggest", params={"q": "jinyu"}).json()[0]
    assert (first["name"], first["kind"], first["href"]) == (FIRM, "企业", f"/id/ent/{FIRM}")
    assert site.get("/suggest?q=").json() == []


@pytest.mark.parametrize(
    ("headers", "lang"),
    [({"accept-language": "en-GB,en;q=0.8"}, "en"), ({"accept-language": "zh-TW"}, "zh-CN"), ({}, "zh-CN"),
     ({"accept-language": "fr, en;q=0.5"}, "en"), ({"cookie": "lang=en"}, "en")],
)  # fmt: skip
def test_the_reader_chooses_the_language(site: TestClient, headers: dict[str, str], lang: str) -> None:
    assert f'<html lang="{lang}"' in site.get("/", headers=headers).text


def test_what_the_address_says_of_looks_is_kept(site: TestClient) -> None:
    answer = site.get(f"{FIRM_PAGE}?lang=en&theme=dark")
    assert 'lang="en" data-theme="dark"' in answer.text
    assert "Figures" in site.get("/id/place/140900", cookies={"lang": "en"}).text
    assert "set-cookie" not in site.get("/?lang=xx&theme=yy").headers


def test_every_word_is_there_in_both_languages_and_used() -> None:
    words = tomllib.loads((ROOT / "viz" / "site" / "words.toml").read_text("utf-8"))
    said = "".join(path.read_text("utf-8") for path in (ROOT / "viz" / "site").glob("*.html"))
    said += "".join(path.read_text("utf-8") for path in (ROOT / "kg" / "serve").glob("*.py"))
    for word, texts in words.items():
        assert set(texts) == {"zh", "en"}, word
        assert set(re.findall(r"\{\w+\}", texts["zh"])) == set(re.findall(r"\{\w+\}", texts["en"])), word
        stem = word.rpartition("-")[0]
        assert (
            re.search(rf"""["']{word}["']""", said)
            or (stem and re.search(rf"""["']{stem}-""", said))
            or word[0].isupper()
        ), word


# --- data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "form"),
    [("text/turtle", "turtle"), ("application/ld+json", "json-ld"), ("application/n-triples", "nt"),
     ("text/html;q=0.5, text/turtle", "turtle"), ("application/rdf+xml, text/turtle;q=0.9", "turtle")],
)  # fmt: skip
def test_the_stable_iri_gives_rdf(site: TestClient, accept: str, form: str) -> None:
    answer = site.get(FIRM_PAGE, headers={"accept": accept})
    graph = rdflib.Graph().parse(data=answer.text, format=form)
    firm = rdflib.URIRef(iri(f"ent:{FIRM}"))
    assert (firm, rdflib.RDFS.label, rdflib.Literal(FIRM, lang="zh")) in graph
    assert any(
        "远销日本" in str(quoted)
        for quoted in graph.objects(None, rdflib.URIRef("http://www.w3.org/ns/oa#exact"))
    )
    assert "Accept" in answer.headers["vary"]


def test_a_browser_gets_a_page(site: TestClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert "text/html" in site.get(FIRM_PAGE, headers={"accept": accept}).headers["content-type"]


def test_tables_and_json(site: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get(f"{FIRM_PAGE}?format=csv").content.decode("utf-8-sig"))))
    assert {row["objectName"] for row in rows} == {"高岭土", "日本", "煤矸石", "忻州市"}
    figures = site.get("/id/place/140900?format=csv&part=figures").content.decode("utf-8-sig")
    assert {row["valueText"] for row in csv.DictReader(io.StringIO(figures))} == {
        "13.67亿元",
        "30亿元",
        "28亿元",
    }
    told = site.get(f"{FIRM_PAGE}?format=json").json()
    assert told["thing"]["name"] == FIRM
    assert len(told["facts"]) == 4


def test_statements_and_proofs_have_addresses_too(site: TestClient) -> None:
    turtle = site.get(f"{FIRM_PAGE}?format=nt").text
    for kind in ("fact", "evidence", "article"):
        this = re.search(rf"<{re.escape(ID)}({kind}/\w+)>", turtle)
        assert this
        assert site.get(f"/id/{this[1]}").status_code == 200
        assert "@prefix" in site.get(f"/id/{this[1]}", headers={"accept": "text/turtle"}).text


# --- safety -------------------------------------------------------------------------------------------------


def test_no_text_of_a_page_is_markup(attacked: TestClient) -> None:
    pages = ["/", *(f"/search?{part}q={quote(name)}" for name in HOSTILE for part in ("", "in=texts&"))]
    pages += ["/network", "/network?by=groups", f"/network?from={quote(HOSTILE[0])}&to={quote(HOSTILE[2])}"]
    for name in HOSTILE:
        pages += sorted(
            link for link in links(attacked.get(f"/search?q={quote(name)}").text) if "/id/" in link
        )
    for address in dict.fromkeys(pages):
        answer = attacked.get(address)
        assert answer.status_code == 200, address
        html = answer.text
        for tag, attributes in Tags.of(html):
            assert tag not in ("img", "style", "iframe", "object", "base")
            assert not any(name.startswith(("on", "style")) for name in attributes), address
            assert not re.match("(?i)\\s*(javascript|data):", attributes.get("href") or ""), address
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert nonce
        for script in re.findall(r"<script[^>]*>", html):
            assert f'nonce="{nonce[1]}"' in script or 'type="application/json"' in script
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert len(pages) > 40


def test_a_spreadsheet_computes_nothing(tmp_path: Path) -> None:
    base = first_page()
    things = tuple(
        replace(e, name=f"={e.name}", aliases=()) if e.key.startswith("ent:") else e for e in base.entities
    )
    formulas = client(shelved(tmp_path, replace(base, entities=things)))
    rows = csv.reader(io.StringIO(formulas.get(f"{FIRM_PAGE}?format=csv").content.decode("utf-8-sig")))
    assert all(not cell.startswith("=") for row in rows for cell in row)


@pytest.mark.parametrize(
    "path", ["/", FIRM_PAGE, "/nosuch", "/static/site.css", f"{FIRM_PAGE}?format=ttl", "/suggest?q=x"]
)
def test_every_answer_is_guarded(site: TestClient, path: str) -> None:
    headers = site.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_no_two_answers_share_a_nonce(site: TestClient) -> None:
    assert len({site.get("/").headers["content-security-policy"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io", "[::2]:80"]
)
def test_other_hosts_are_refused(site: TestClient, host: str) -> None:
    answer = site.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert host not in answer.text or not host


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"])
def test_this_machine_is_served(site: TestClient, host: str) -> None:
    assert site.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/<b>nosuch</b>", "/x?y=nosuch", "/id/ent/<b>x</b>", "/id/<b>/x", "/id/ent/", "/static/<b>",
     "/id/article/<b>", "/id/page/<i>", "/x/<u>", "/id/ent/nosuch?relation=<b>", f"{FIRM_PAGE}?relation=<b>",
     "/id/x/%00"],
)  # fmt: skip
def test_an_error_repeats_nothing(site: TestClient, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert "<b>" not in answer.text
    assert "nosuch" not in answer.text


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "/\\evil.example/", "/id//evil.example/"]
)
def test_nobody_is_sent_elsewhere(site: TestClient, path: str) -> None:
    answer = site.get(f"http://localhost{path}", follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "name",
    [
        "../words.toml",
        "..%2fwords.toml",
        "words.toml",
        "home.html",
        "%2e%2e/%2e%2e/pyproject.toml",
        "/etc/passwd",
    ],
)
def test_only_the_files_of_the_site_are_served(site: TestClient, name: str) -> None:
    assert site.get(f"/static/{name}").status_code == 404


def test_no_page_repeats_an_endless_address(site: TestClient) -> None:
    answer = site.get(f"/search?q={'(' * 50_000}")
    assert answer.status_code == 414
    assert len(answer.content) < 1000
    assert "default-src" in answer.headers["content-security-policy"]


def test_a_page_is_kept_by_no_cache_that_others_share(site: TestClient) -> None:
    headers = site.get(FIRM_PAGE).headers
    assert "private" in headers["cache-control"]
    assert {"Accept", "Accept-Language", "Cookie"} <= {*headers["vary"].split(", ")}


def test_half_a_request_is_not_waited_for_and_a_slow_answer_is() -> None:
    class Hasty(Patient):
        SECONDS = 0.3

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(1)
            await PlainTextResponse("done")(scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(slow, http=Hasty, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
        for half in (b"", head, head + b"\r\nbody"):
            with socket.create_connection(listening.getsockname(), timeout=20) as client:
                client.sendall(half)
                assert b"done" not in client.recv(1000)  # the server hangs up
        with socket.create_connection(listening.getsockname(), timeout=20) as client:
            for _ in range(2):  # the second request on a connection is waited for no less
                client.sendall(head + b"\r\nthe body!")
                answer = b""
                while not answer.endswith(b"done"):
                    more = client.recv(1000)
                    assert more
                    answer += more
    finally:
        server.should_exit = True
        thread.join()


def test_lines_of_a_page_stand_without_empty_ones_between() -> None:
    assert printed("甲\n\n  \n乙\n　丙") == "甲\n乙\n　丙"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(site: TestClient, method: str) -> None:
    assert site.request(method, FIRM_PAGE).status_code == 405


@settings(max_examples=30, deadline=None)
@given(
    st.text(max_size=30),
    st.sampled_from(["q", "kind", "place", "at", "centre", "from", "limit", "sure", "since", "mark"]),
)
def test_no_parameter_breaks_a_page(site: TestClient, value: str, name: str) -> None:
    for path in ("/search", "/network"):
        assert site.get(path, params={name: value, "q": value}).status_code == 200


# --- drawings -----------------------------------------------------------------------------------------------


def figure(value: str, first: str, last: str, kind: str = "Actual") -> Figure:
    """A figure of one metric."""
    return Figure("f", "x", "出口额", value, "元", value, "", first, last, kind, *[""] * 6, ())


@given(
    st.lists(
        st.tuples(st.integers(2001, 2030), st.integers(-(10**12), 10**12)),
        min_size=2,
        unique_by=lambda v: v[0],
    )
)
def test_bars_stand_on_the_axis_and_keep_their_order(values: list[tuple[int, int]]) -> None:
    years = [figure(str(v), f"{y}-01-01", f"{y}-12-31") for y, v in values]
    (chart,) = charts.charts(years)
    assert len(chart.bars) == len(values)
    by_year = sorted((int(bar.figure.last[:4]), bar) for bar in chart.bars)
    assert [bar.x for _, bar in by_year] == sorted(bar.x for bar in chart.bars)
    for bar in chart.bars:
        assert chart.left <= bar.x - bar.width / 2
        assert bar.x + bar.width / 2 <= chart.right
        ends = (bar.y, bar.y + bar.height)
        assert min(abs(end - chart.zero) for end in ends) <= 1
        assert all(0 <= end <= chart.height for end in ends)
    heights = sorted((abs(float(bar.figure.value)), bar.height) for bar in chart.bars)
    assert all(low[1] <= high[1] + 1 for low, high in pairwise(heights))


def test_a_month_is_not_drawn_beside_a_year() -> None:
    mixed = [figure("1", "2025-01-01", "2025-12-31"), figure("2", "2025-06-01", "2025-06-30")]
    assert charts.charts(mixed) == []


def test_a_quotation_flows_over_the_breaks_of_its_column() -> None:
    assert flowing("出口额13.67\n亿元,\n same page\nnext") == "出口额13.67亿元, same page next"
