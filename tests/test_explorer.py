"""The explorer in a real browser: the way from a name to the words on the page and on, for everybody."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import chromium
from conftest import FIRM, ROOT
from playwright.sync_api import Browser, BrowserContext, Page, expect
from servers import explorer
from shelved import HARM, HOSTILE, hostile, shelved

SHOTS = Path(os.environ.get("SHOTS", ROOT / "build" / "shots"))  # where pictures of the journey are kept
AXE = os.environ.get("AXE", "")  # the file axe.min.js of axe-core, which .ci/run fetches
QUOTE = "将煤矸石转化为高附加值的高岭土产品,远销海外"
CITY = "/id/place/140900"
COUNTS = "SELECT ?c (COUNT(*) AS ?n) { ?x a ?c } GROUP BY ?c"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[str]:
    """The address of the explorer of the seeds."""
    with explorer(built) as (address, _):
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A fresh page, on which nothing may go wrong."""
    with fresh(browser, site) as page:
        yield page


class fresh:
    """A page of a context of its own, on which nothing may fail, be refused or come from elsewhere."""

    def __init__(self, browser: Browser, site: str, **looks: object) -> None:
        wanted = {"viewport": {"width": 1360, "height": 900}, "locale": "zh-CN", "reduced_motion": "reduce"}
        self.site = site
        self.context: BrowserContext = browser.new_context(base_url=site, **(wanted | looks))  # type: ignore[arg-type]
        self.wrong: list[str] = []

    @staticmethod
    def bad(kind: str, text: str) -> bool:
        """Whether a message of the console tells of something wrong; that a page is refused may be right."""
        return kind in ("error", "warning") and not re.search(r"404 \(Not Found\)|400 \(Bad Request\)", text)

    def __enter__(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda m: self.wrong.append(m.text) if self.bad(m.type, m.text) else None)
        page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        page.on("request", lambda r: None if r.url.startswith(self.site) else self.wrong.append(r.url))
        return page

    def __exit__(self, kind: object, *_: object) -> None:
        self.context.close()
        assert kind or not self.wrong, self.wrong


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def drawn(page: Page) -> None:
    """Waits until the network stands."""
    page.wait_for_selector("body[data-drawn]")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


# --- the journey --------------------------------------------------------------------------------------------


def test_from_a_name_to_the_words_and_the_network(page: Page) -> None:
    page.goto("/")
    shot(page, "1-home")
    page.fill("#q", "金宇科林")
    expect(page.locator("[role=option]").first).to_contain_text(FIRM)
    shot(page, "2-suggestions")
    page.locator("[role=option]").first.click()
    expect(page.locator("h1")).to_have_text(FIRM)
    shot(page, "3-thing")
    fact = page.locator(".fact", has_text="高岭土").first
    fact.locator("summary").click()
    expect(fact.locator("q")).to_contain_text(QUOTE)
    fact.locator("a", has_text="看原文").click()
    lit = page.locator(".printed .lit")
    expect(lit.first).to_be_in_viewport()
    assert QUOTE in "".join(lit.all_inner_texts()).replace("\n", "")
    shot(page, "4-words")
    note = page.locator(".notes li", has_text="出口").filter(has_text="高岭土").first
    note.hover()
    assert QUOTE in "".join(page.locator(".printed .lit").all_inner_texts()).replace("\n", "")
    note.locator("a.thing").first.click()
    page.locator(".actions a", has_text="网络").click()
    drawn(page)
    shot(page, "5-network")
    page.locator("#panel .doors button").click()
    expect(page.locator("#left")).to_contain_text("个事物")
    page.goto(f"/network?from={quote('金宇科林')}&to={quote('忻州市')}")
    drawn(page)
    expect(page.locator("main")).to_contain_text("忻州上半年外贸出口增速居全省前列")
    shot(page, "6-way")
    page.goto(CITY)
    asked = page.locator(".sparql").first
    asked.locator("summary").click()
    asked.locator("a").click()
    expect(page.locator("table").first).to_contain_text("13.67亿元")
    shot(page, "8-sparql")
    table = page.locator("a", has_text=re.compile("^CSV$", re.I)).first.get_attribute("href")
    answer = page.request.get(f"{page.url.split('/sparql')[0]}{table}")
    assert "13.67亿元" in answer.text()
    assert "text/csv" in answer.headers["content-type"]


def test_a_thing_opens_its_neighbours_and_the_address_keeps_them(page: Page) -> None:
    page.goto(f"/network?centre={quote(FIRM)}")
    drawn(page)
    before = page.evaluate("nodes.length")
    page.evaluate("choose(DATA.nodes.find((node) => DATA.things[node.id].name === '高岭土').id)")
    page.locator("#panel .doors button").click()
    expect(page).to_have_url(re.compile("centre=.*&centre="))
    after = page.evaluate("nodes.length")
    assert after >= before
    page.reload()
    drawn(page)
    assert page.evaluate("nodes.length") == after
    legend = page.locator("#legend button.row", has_text="产品")
    legend.click()
    expect(legend).to_have_attribute("aria-pressed", "false")


def test_the_whole_by_city_and_kind(page: Page) -> None:
    page.goto("/network?by=groups")
    drawn(page)
    assert page.evaluate("nodes.length") > 10
    expect(page.locator("tbody")).to_contain_text("忻州市 · 县级行政区")
    shot(page, "7-groups")


# --- for everybody ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("looks", ["narrow", "no scripts", "dark"])
def test_the_journey_without(browser: Browser, site: str, looks: str) -> None:
    choices: dict[str, dict[str, object]] = {
        "narrow": {"viewport": {"width": 375, "height": 740}},
        "no scripts": {"java_script_enabled": False},
        "dark": {"color_scheme": "dark"},
    }
    with fresh(browser, site, **choices[looks]) as page:
        page.goto("/")
        page.fill("#q", "金宇科林")
        page.locator("form[role=search] button").click()
        page.locator(".result a").first.click()
        expect(page.locator("h1")).to_have_text(FIRM)
        shot(page, f"{looks.replace(' ', '-')}-thing")
        fact = page.locator(".fact", has_text="高岭土").first
        fact.locator("summary").click()
        expect(fact.locator("q")).to_be_visible()
        fact.locator("a", has_text="看原文").click()
        lit = page.locator(".printed .lit")
        assert QUOTE in "".join(lit.all_inner_texts()).replace("\n", "")
        expect(lit.first).to_be_in_viewport()
        shot(page, f"{looks.replace(' ', '-')}-words")
        lit.first.click()
        expect(page.locator(".notes li:target")).to_be_in_viewport()
        page.goto("/network")
        expect(page.locator("tbody tr").first).to_be_visible()
        page.fill("#from", "金宇科林")
        page.fill("#to", "高岭土")
        page.locator(".way button").click()
        expect(page.locator(".steps q").first).to_contain_text("煤矸石")
        if looks == "dark":
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"


def test_nothing_is_wider_than_a_telephone(browser: Browser, site: str) -> None:
    with fresh(browser, site, viewport={"width": 375, "height": 740}) as page:
        for address in pages(page):
            page.goto(address)
            assert fits(page), address


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("jinyu")
    expect(page.locator("[role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option]").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(FIRM)
    summary = page.locator(".fact summary").first
    for _ in range(60):
        if summary.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(summary).to_be_focused()
    assert summary.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".fact q").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".printed .lit").first).to_be_in_viewport()


def test_in_english(browser: Browser, site: str) -> None:
    with fresh(browser, site, locale="en-GB") as page:
        page.goto(CITY)
        expect(page.locator("h1")).to_have_text("Xinzhou 忻州市")
        expect(page.locator("svg.map .here text")).to_have_text("Xinzhou")
        expect(page.locator("main")).to_contain_text("What links here")
        shot(page, "english-thing")
        page.locator(".switches a").first.click()
        expect(page.locator("h1")).to_have_text("忻州市")
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")  # the choice is kept


def test_no_name_is_cut_off_at_the_edge_of_a_drawing(browser: Browser, site: str) -> None:
    for locale in ("zh-CN", "en-GB"):
        with fresh(browser, site, locale=locale) as page:
            page.goto(CITY)
            assert page.locator("svg.web text").count() > 5
            outside = page.evaluate(
                """() => {
                  const frame = document.querySelector("svg.web").getBoundingClientRect();
                  return [...document.querySelectorAll("svg.web text, svg.web path")].filter((part) => {
                    const box = part.getBoundingClientRect();
                    return box.left < frame.left || box.right > frame.right
                      || box.top < frame.top || box.bottom > frame.bottom;
                  }).map((part) => part.textContent);
                }"""
            )
            assert outside == []


def test_the_colours_are_switched_and_kept(page: Page) -> None:
    page.goto(CITY)
    switch = page.locator(".switches a").last
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def pages(page: Page) -> list[str]:
    """An address of every kind of page."""
    page.goto(CITY)
    article = page.locator("aside li a").first.get_attribute("href")
    assert article
    page.goto(article)
    whole = page.locator(".within a").get_attribute("href")
    found = f"/search?q={quote('忻州')}", f"/search?q={quote('出口')}&in=texts"
    return ["/", *found, CITY, article, str(whole),
            f"{article}?beside=repaired", f"{CITY}?list=figures", f"{CITY}?relation=locatedIn&inverse=1",
            f"/id/metric/{quote('出口额')}", "/network", "/network?by=groups",
            f"/compare?what={quote('忻州')}&what={quote('山西')}",
            "/sparql?name=exports-by-city", "/sparql?query=SELECT",
            f"/sparql?query={quote(COUNTS)}&view=chart",
            "/compare", "/search?q=nosuch", "/nosuch"]  # fmt: skip


def test_axe_finds_nothing(browser: Browser, site: str) -> None:
    if not AXE:
        missing = "no axe-core; name its file axe.min.js in AXE"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    source = Path(AXE).read_text("utf-8")
    for scheme in ("light", "dark"):
        with fresh(browser, site, color_scheme=scheme) as page:
            for address in pages(page):
                page.goto(address)
                if "network" in address:
                    drawn(page)
                page.evaluate(source)
                rules = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
                found = page.evaluate("rules => axe.run(rules).then((told) => told.violations)", rules)
                told = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found]
                assert told == [], f"{scheme} {address}"
            page.close(run_before_unload=False)


# --- hostile pages ------------------------------------------------------------------------------------------


def test_a_hostile_page_does_nothing(browser: Browser, tmp_path: Path) -> None:
    with explorer(shelved(tmp_path, hostile())) as (site, _), fresh(browser, site) as page:
        for name in HOSTILE:
            page.goto(f"/search?q={quote(name)}")
            links = page.locator("main .result a").evaluate_all("links => links.map((link) => link.href)")
            for address in links[:2]:
                page.goto(address)
                page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            page.fill("#q", name)
            expect(page.locator("[role=option]").first).to_be_visible()
        page.locator("aside li a").first.click()
        page.goto("/network")
        drawn(page)
        page.evaluate("window.SPOT = { center: { x: 9, y: 9 } }")
        for thing in page.evaluate("DATA.nodes.map((node) => node.id)"):
            page.evaluate("iri => { choose(iri); tip(SPOT, nodeTip(iri)); }", thing)
        for fact in page.evaluate("DATA.facts.map((fact) => fact.iri)"):
            page.evaluate(
                "iri => { choose(iri); tip({ center: { x: 9, y: 9 } }, factTip(facts.get(iri))); }", fact
            )
        page.wait_for_timeout(200)
        assert page.evaluate("window.harmed") is None


def test_policy_forbids_what_escaping_might_miss(browser: Browser, site: str) -> None:
    attack = f"<script>{HARM}</script><img src=x onerror='{HARM}'><base href='//example.org/'>"
    context = browser.new_context(base_url=site)
    page = context.new_page()
    reports: list[str] = []
    page.on("console", lambda message: reports.append(message.text))

    def spoilt(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        html = re.sub("<main[^>]*>", lambda found: found[0] + attack, answer.text())
        route.fulfill(response=answer, body=html)  # type: ignore[attr-defined]

    page.route("**/", spoilt)
    page.goto("/")
    page.wait_for_timeout(200)
    assert page.evaluate("window.harmed") is None
    assert any("Content Security Policy" in report for report in reports)
    context.close()
