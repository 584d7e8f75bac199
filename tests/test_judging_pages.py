"""Judging in the browser: from a click to the line in the file, and nothing for anybody who may not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import chromium
from conftest import FIRM, ROOT, first_page, second_page
from playwright.sync_api import expect
from shelved import HOSTILE, hostile, shelved
from starlette.testclient import TestClient
from test_explorer import AXE, fits, fresh
from test_serve import Tags, client
from typer.testing import CliRunner

from kg import known, store, verdicts
from kg.cli import app as command
from kg.iris import iri
from kg.serve import Judging, app, open_site
from kg.store import statements

FIRM_PAGE = f"/id/ent/{quote(FIRM)}"
OURS = {"sec-fetch-site": "same-origin", "origin": "null"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelved(tmp_path_factory.mktemp("judged"), first_page(), second_page())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "judgements.tsv"


def stranger(folder: Path, judge: Judging) -> TestClient:
    """A client that has not come with the token."""
    return TestClient(app(open_site(folder), judge=judge), base_url="http://localhost")


@pytest.fixture
def judge(folder: Path, file: Path) -> TestClient:
    """A client that has, and sends what a browser sends with forms of our pages."""
    judging = Judging(file, "李")
    made = stranger(folder, judging)
    assert made.get(f"/?token={judging.token}", follow_redirects=False).headers["location"] == "/"
    made.headers.update(OURS | {"accept-language": "en"})
    return made


def fact(folder: Path, relation: str) -> str:
    links = known.show(store.open_store(folder), FIRM).links
    return next(link.iri for link in links if link.relation == relation)


def exports(folder: Path) -> str:
    """The city's target for its exports."""
    found = statements.figures(store.open_store(folder), [iri("place:140900")])
    return next(figure.iri for figure in found if figure.kind == "Target")


def lines(file: Path) -> list[tuple[str, ...]]:
    return [(j.verdict, j.subject, j.predicate, j.object, j.value) for j in verdicts.read(file).judgements]


# --- who may ------------------------------------------------------------------------------------------------


def test_without_edit_there_is_nothing_of_it(folder: Path) -> None:
    plain = client(folder)
    assert "judge" not in plain.get(FIRM_PAGE).text
    for address in ("/judge", "/judgements"):
        assert plain.get(address).status_code == 404
        assert plain.post(address, data={"of": fact(folder, "exports")}).status_code == 404


def test_without_the_token_nothing_is_shown_or_written(folder: Path, file: Path) -> None:
    other = stranger(folder, Judging(file, "李"))
    other.headers.update(OURS)
    assert other.get("/?token=wrong").status_code == 403
    assert "judge" not in other.get(FIRM_PAGE).text
    assert other.get(f"/judge?of={quote(fact(folder, 'exports'))}").status_code == 403
    form = {"of": fact(folder, "exports"), "verdict": "retract"}
    assert other.post("/judge", data=form).status_code == 403
    other.cookies.set("kg-judge", "wrong")
    assert other.post("/judge", data=form).status_code == 403
    assert not file.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost:9000"},
        {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
        {"sec-fetch-site": "none"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {},
    ],
    ids=str,
)  # fmt: skip
def test_what_another_site_sends_is_refused(
    judge: TestClient, folder: Path, file: Path, headers: dict[str, str]
) -> None:
    for name in OURS:
        del judge.headers[name]
    form = {"of": fact(folder, "exports"), "verdict": "retract"}
    assert judge.post("/judge", data=form, headers=headers).status_code == 403
    assert judge.post("/judgements", data={"line": "2"}, headers=headers).status_code == 403
    assert not file.exists()


def test_an_old_browser_is_known_by_the_origin(judge: TestClient, folder: Path, file: Path) -> None:
    for name in OURS:
        del judge.headers[name]
    form = {"of": fact(folder, "exports"), "verdict": "retract"}
    assert judge.post("/judge", data=form, headers={"origin": "http://localhost"}).status_code == 200
    assert lines(file)


def test_the_cookie_goes_to_no_script_and_no_other_site(folder: Path, file: Path) -> None:
    judging = Judging(file, "李")
    answer = stranger(folder, judging).get(f"//evil.example/?token={judging.token}", follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == "/"
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("options", [("--host", "0.0.0.0"), ("--allow-host", "example.org")])
def test_edit_is_for_this_machine_alone(folder: Path, options: tuple[str, str]) -> None:
    done = CliRunner().invoke(command, ["serve", str(folder), "--edit", *options])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "--edit is for this machine alone" in done.stderr


# --- what is written ----------------------------------------------------------------------------------------


def test_a_page_writes_what_the_command_writes(
    judge: TestClient, folder: Path, file: Path, tmp_path: Path
) -> None:
    told = judge.post(
        "/judge", data={"of": exports(folder), "verdict": "value", "value": "31亿元", "why": "误读"}
    )
    assert "Written to line 2" in told.text
    other = tmp_path / "other.tsv"
    words = [exports(folder), "31亿元", "--who", "李", "--why", "误读"]
    done = CliRunner().invoke(command, ["correct", "value", *words, "-J", str(other), "-b", str(folder)])
    assert done.exit_code == 0
    assert file.read_text("utf-8") == other.read_text("utf-8")


def test_a_subject_may_go_by_any_name(judge: TestClient, folder: Path, file: Path) -> None:
    judge.post("/judge", data={"of": fact(folder, "exports"), "verdict": "object", "value": "煤矸石"})
    assert {line[-1] for line in lines(file)} == {"product:煤矸石"}


@pytest.mark.parametrize(
    ("verdict", "value"),
    [("value", "many"), ("period", "never"), ("nosuch", "1"), ("predicate", "exports"), ("value", "")],
)
def test_what_fits_nothing_is_told_and_not_written(
    judge: TestClient, folder: Path, file: Path, verdict: str, value: str
) -> None:
    told = judge.post("/judge", data={"of": exports(folder), "verdict": verdict, "value": value})
    assert told.status_code == 400
    assert 'role="alert"' in told.text
    assert not file.exists()


def test_things_are_told_apart_joined_and_typed(judge: TestClient, file: Path) -> None:
    firm = iri(f"ent:{FIRM}")
    for form in (
        {"verdict": "type", "value": "Institution"},
        {"verdict": "different", "other": "高岭土"},
        {"verdict": "same", "other": "煤矸石"},
    ):
        assert judge.post("/judge", data={"of": firm, **form}).status_code == 200
    assert sorted(lines(file)) == [
        ("different", f"ent:{FIRM}", "", "product:高岭土", ""),
        ("same", f"ent:{FIRM}", "", "product:煤矸石", ""),
        ("type", f"ent:{FIRM}", "", "", "Institution"),
    ]
    assert judge.post("/judge", data={"of": firm, "verdict": "same", "other": "高岭土"}).status_code == 400


def test_a_line_is_taken_back_only_if_it_is_the_one_seen(judge: TestClient, folder: Path, file: Path) -> None:
    judge.post("/judge", data={"of": fact(folder, "exportsTo"), "verdict": "retract"})
    (held,) = verdicts.read(file).judgements
    assert judge.post("/judgements", data={"line": "2", "id": "0" * 20}).status_code == 400
    assert lines(file)
    assert judge.post("/judgements", data={"line": "2", "id": held.id}).status_code == 200
    assert lines(file) == []


def test_odd_forms_are_refused(judge: TestClient, file: Path) -> None:
    for of in ("", "x", iri("metric:出口额"), iri("fact:zz"), HOSTILE[0]):
        assert judge.get("/judge", params={"of": of}).status_code == 404
        assert judge.post("/judge", data={"of": of, "verdict": "retract"}).status_code == 404
    assert judge.post("/judge", data={"of": "x" * 60_000}).status_code == 400
    assert not file.exists()


def test_hostile_texts_stay_texts(tmp_path: Path, file: Path) -> None:
    judging = Judging(file, HOSTILE[0])
    held = shelved(tmp_path, hostile())
    judge = stranger(held, judging)
    judge.get(f"/?token={judging.token}")
    judge.headers.update(OURS)
    graph = store.open_store(held)
    every = [*statements.mentioned(graph), *(row[0] for row in statements.triples(graph))]
    for this in every:
        seen = judge.get("/judge", params={"of": this})
        form = {"of": this, "verdict": "confirm", "why": HOSTILE[1], "value": HOSTILE[2], "other": HOSTILE[3]}
        for answer in (seen, judge.post("/judge", data=form), judge.get("/judgements")):
            tags = Tags.of(answer.text)
            assert all("nonce" in attributes for tag, attributes in tags if tag == "script")
            assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    assert lines(file)


# --- in a browser -------------------------------------------------------------------------------------------


@contextmanager
def editing(folder: Path, desk: Path) -> Iterator[str]:
    """The address that `kg serve --edit` prints, while it serves."""
    told = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0", "--edit"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(told, cwd=desk, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().split()[0]
        finally:
            server.terminate()


def test_from_a_click_to_the_line_and_back(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "judgements.tsv"
    with editing(folder, tmp_path) as address, chromium() as browser:
        root = address.partition("/?")[0]
        with fresh(browser, root, viewport={"width": 375, "height": 740}) as page:
            page.goto(address)
            assert page.url == f"{root}/"
            page.goto(FIRM_PAGE)
            told = page.locator(".fact").filter(has=page.locator(".what", has_text="日本"))
            told.locator("summary").click()
            told.locator("a", has_text="判定").click()
            expect(page.locator("h1")).to_contain_text("日本")
            looked_at(page)
            page.fill("#why-whole", "误读")
            page.get_by_role("button", name="读错了，撤回").click()
            expect(page.locator("[role=status]")).to_contain_text("已写入第 2 行")
            (line,) = verdicts.read(file).judgements
            assert (line.verdict, line.predicate, line.object, line.why) == (
                "retract",
                "exportsTo",
                "country:JPN",
                "误读",
            )
            assert line.quote == "远销日本"
            looked_at(page)
            page.goto(f"/judge?of={quote(iri(f'ent:{FIRM}'))}")
            looked_at(page)
            page.goto("/judgements")
            page.get_by_role("button", name="撤销 2").click()
            expect(page.locator("main")).to_contain_text("没有这样的记录")
            assert lines(file) == []


def looked_at(page: object) -> None:
    assert fits(page)  # type: ignore[arg-type]
    if AXE:
        page.evaluate(Path(AXE).read_text("utf-8"))  # type: ignore[attr-defined]
        found = page.evaluate("axe.run().then((told) => told.violations)")  # type: ignore[attr-defined]
        assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found] == []
