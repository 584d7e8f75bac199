"""Conflicts, promises, projects and timelines in the explorer: proved, sorted, narrowed, taken away."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from browser import chromium
from playwright.sync_api import Browser
from servers import explorer
from shelved import HOSTILE, hostile, shelved
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from test_explorer import AXE, fits, fresh
from test_serve import Tags
from test_watching import PAGES, write

from kg import builder, export
from kg.conflicts import SHOWN
from kg.model import Extraction, Milestone
from kg.serve import app, open_site
from kg.serve.watching import SHEETS, Watch, ordered

TABLES = tuple(f"/{sheet.name}" for sheet in SHEETS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of pages that disagree, promise, and tell of projects."""
    made = tmp_path_factory.mktemp("tables")
    builder.build(write(made, list(PAGES)), made / "build")
    return made / "build"


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[TestClient]:
    with TestClient(app(open_site(folder)), base_url="http://localhost") as client:
        client.headers["accept-language"] = "zh"
        yield client


def rows(html: str) -> list[str]:
    """The rows of the table of a page, as text."""
    found = re.findall(r"<tr>(.*?)</tr>", html.split("<tbody>")[-1] if "<tbody>" in html else "", re.S)
    return [unescape(" ".join(re.sub("<[^>]*>", " ", row).split())) for row in found]


def table(client: TestClient, address: str) -> list[dict[str, str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_both_sides_of_a_conflict_lead_to_their_very_characters(site: TestClient) -> None:
    html = site.get("/conflicts?about=临汾").text
    (row,) = rows(html)
    assert "固定资产投资" in row
    assert "713.4亿元" in row
    assert "698.1亿元" in row
    assert "3 个证人" in row
    for said in ("713.4亿元", "698.1亿元"):
        side = html[html.index(f">{said}<") :]
        marked = unescape(re.search(r'href="(/id/article/[^"]*mark=[^"]*)"', side)[1])  # type: ignore[index]
        assert said in re.search(r'class="hit lit"[^>]*>([^<]*)', site.get(marked).text)[1]  # type: ignore[index]


def test_a_revision_is_told_apart(site: TestClient) -> None:
    assert rows(site.get("/conflicts?status=revised").text)
    assert all("后来修订" in row for row in rows(site.get("/conflicts?status=revised").text))
    assert not any("后来修订" in row for row in rows(site.get("/conflicts?status=disputed").text))


def test_what_is_hardly_a_conflict_is_shown_to_who_asks(site: TestClient) -> None:
    sure, unsure, every = (
        table(site, f"/conflicts?format=csv{asked}") for asked in ("", "&sure=unsure", "&sure=")
    )
    assert all(float(row["confidence"]) >= SHOWN for row in sure)
    assert all(float(row["confidence"]) < SHOWN for row in unsure)
    assert len(sure) + len(unsure) == len(every) > len(sure) > 0


def test_promises_are_narrowed_and_counted(site: TestClient) -> None:
    every = site.get("/promises").text
    for status, word in (("kept", "兑现"), ("missed", "未兑现"), ("open", "未到期"), ("silent", "无下文")):
        kept = rows(site.get(f"/promises?status={status}").text)
        assert kept
        assert all(row.endswith(f" {word}") for row in kept)
        count = re.search(rf'status={status}"[^>]*>\s*{word} <span class="count">(\d+)', every)
        assert count
        assert int(count[1]) == len(kept)
    assert len(rows(site.get("/promises?about=长治市").text)) < len(rows(every))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_column_sorts_both_ways(site: TestClient, sheet: object) -> None:
    for column in sheet.orders:  # type: ignore[attr-defined]
        address = f"/{sheet.name}?sort="  # type: ignore[attr-defined]
        up, down = site.get(f"{address}{column}"), site.get(f"{address}-{column}")
        assert sorted(rows(up.text)) == sorted(rows(down.text)) != []
        assert 'aria-sort="ascending"' in up.text
        assert 'aria-sort="descending"' in down.text
        assert f"sort=-{column}" in up.text


def test_dates_come_in_order_and_what_has_none_comes_last(site: TestClient) -> None:
    due = [re.search(r"\d{4}-\d\d-\d\d", row)[0] for row in rows(site.get("/promises?sort=-due").text)]  # type: ignore[index]
    assert due == sorted(due, reverse=True)
    assert len(set(due)) > 1
    for backwards in (False, True):
        assert ordered(["", "b", "a"], str, backwards)[-1] == ""


def test_a_life_of_a_project_tells_its_steps_and_costs(site: TestClient) -> None:
    found = table(site, "/projects?format=csv")
    named = {row["aboutName"] for row in found}
    shown = site.get("/projects").text
    assert named
    assert all(name in shown for name in named)
    assert {row["sort"] for row in found} >= {"reached"}
    assert all(row["quote"] and row["start"].isdecimal() for row in found)


@pytest.mark.parametrize("address", TABLES)
def test_a_table_is_taken_away_as_it_is_narrowed(site: TestClient, address: str) -> None:
    whole, part = table(site, f"{address}?format=csv"), table(site, f"{address}?format=csv&about=临汾市")
    assert 0 <= len(part) < len(whole)
    answer = site.get(f"{address}?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert set(export.PROOF) < set(whole[0])


def test_a_timeline_goes_from_year_to_year(site: TestClient) -> None:
    html = site.get("/timeline?about=忻州市").text
    years = re.findall(r'<h2 id="y(\d{4})"', html)
    assert years == sorted(years)
    assert len(years) > 1
    one = site.get(f"/timeline?about=忻州市&year={years[0]}").text
    assert re.findall(r'<h2 id="y(\d{4})"', one) == years[:1]
    assert site.get("/timeline?about=无此地名").status_code == 404


def test_an_unknown_name_is_told_and_nothing_is_shown(site: TestClient) -> None:
    html = site.get("/promises?about=无此地名").text
    assert "没有叫“无此地名”的事物" in html
    assert rows(html) == []


def test_odd_parameters_are_as_if_they_were_not_there(site: TestClient) -> None:
    plain = rows(site.get("/promises").text)
    assert rows(site.get("/promises?sort=nosuch&status=nosuch&at=-3&kind=x").text) == plain


def watched() -> Extraction:
    """The hostile page with a promise and a stage for each of its attacks."""
    read = hostile()
    year = date(2025, 1, 1), date(2025, 12, 31)
    targets = (replace(o, value=Decimal(5), kind="Target", period=year) for o in read.observations)
    project = next(e.key for e in read.entities if e.type == "Project")
    steps = tuple(Milestone(project, "Started", evidence=o.evidence) for o in read.observations)
    return replace(read, observations=tuple(targets), milestones=steps)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    with TestClient(app(open_site(shelved(tmp_path, watched()))), base_url="http://localhost") as client:
        assert len(rows(client.get("/promises").text)) == len(HOSTILE)
        assert len(rows(client.get("/projects").text)) == 1
        for address in (*TABLES, *(f"/timeline?about={quote(name)}" for name in HOSTILE)):
            attack = f"{'&' if '?' in address else '?'}sort={quote(HOSTILE[2])}&year={quote(HOSTILE[0])}"
            for asked in (address, address + attack, f"{address}&about={quote(HOSTILE[1])}"):
                answer = client.get(asked)
                assert answer.status_code in (200, 404)
                tags = Tags.of(answer.text)
                assert all("nonce" in attributes for tag, attributes in tags if tag == "script")
                assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
                targets = [attributes.get("href") or "" for _, attributes in tags]
                assert not any(target.startswith(("javascript:", "//")) for target in targets)
        for address in TABLES:
            cells = [cell for row in table(client, f"{address}?format=csv") for cell in row.values()]
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


# --- one asks, all are told ---------------------------------------------------------------------------------


def test_what_takes_long_is_asked_once_and_too_many_are_sent_away() -> None:
    gate, asked = threading.Event(), []

    def find(key: int) -> Sequence[int]:
        asked.append(key)
        gate.wait(10)
        return [key]

    async def together() -> None:
        watch = Watch()
        alike = [asyncio.create_task(watch.told(0, lambda: find(0))) for _ in range(5)]
        others = [asyncio.create_task(watch.told(n, lambda n=n: find(n))) for n in range(1, 12)]  # type: ignore[misc]
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as refused:
            await watch.told(99, lambda: find(99))
        assert refused.value.status_code == 503
        gate.set()
        assert await asyncio.gather(*alike) == [[0]] * 5
        assert await asyncio.gather(*others) == [[n] for n in range(1, 12)]
        assert await watch.told(0, lambda: find(0)) == [0]

    asyncio.run(together())
    assert asked.count(0) == 1
    assert 99 not in asked


def test_what_failed_is_asked_again() -> None:
    answers = iter([SimpleNamespace()])

    def find() -> Sequence[object]:
        return [next(answers)] if broken.pop() else [1 / 0]

    async def twice() -> None:
        watch = Watch()
        with pytest.raises(ZeroDivisionError):
            await watch.told("x", find)
        assert await watch.told("x", find)

    broken = [True, False]
    asyncio.run(twice())


# --- in a browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def test_the_tables_fit_a_telephone_and_axe_finds_nothing(browser: Browser, folder: Path) -> None:
    addresses = [*TABLES, f"/promises?about={quote('忻州市')}&sort=due", f"/timeline?about={quote('忻州市')}"]
    source = Path(AXE).read_text("utf-8") if AXE else ""
    with explorer(folder) as (address, _):
        for scheme in ("light", "dark"):
            with fresh(browser, address, color_scheme=scheme, viewport={"width": 375, "height": 740}) as page:
                for wanted in addresses:
                    page.goto(wanted)
                    assert fits(page), wanted
                    page.locator(".sides summary").first.click()
                    assert page.locator(".sides q").first.is_visible()
                    if source:
                        page.evaluate(source)
                        found = page.evaluate("axe.run().then((told) => told.violations)")
                        assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found] == [], wanted
