"""Living graphs: only what changed is read anew, and what comes out is what a build from nothing gives."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT, first_page
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import builder, extractions, shelf, sources
from kg.engines import here
from kg.model import Extraction, Page, Problem
from kg.pipeline import read_page
from kg.store import open_store
from kg.store.sparql import StoreError

CITIES = ("太原", "大同", "朔州", "忻州", "阳泉", "吕梁")


def text(city: str, value: str = "13.67") -> str:
    """A small page."""
    return f"{city}外贸稳步增长\n2025年8月2日 本报讯 上半年，{city}市出口额{value}亿元，同比增长25.5%。\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of small pages."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for n, city in enumerate(CITIES):
        (folder / f"{n}.txt").write_text(text(city), "utf-8")
    return folder


class Steps:
    """Which pages were read, and which were kept from before."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.kept: list[str] = []

    def __call__(self, name: str, read: bool) -> None:
        (self.read if read else self.kept).append(name)


build = partial(builder.build, engine=here)
add = partial(builder.add, engine=here)


def result(folder: Path) -> tuple[bytes, bytes]:
    """All that a build gives, as bytes."""
    return (folder / "graph.ttl").read_bytes(), (folder / "report.json").read_bytes()


def from_nothing(inputs: Path, folder: Path) -> tuple[bytes, bytes]:
    """What a build into a new folder gives."""
    build([inputs], folder)
    return result(folder)


# --- extractions as bytes -----------------------------------------------------------------------------------


@settings(deadline=None)  # the first page waits for the tables
@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_page_comes_back_as_it_was(text: str) -> None:
    read = read_page(Page("page.txt", text, "0" * 64))
    assert extractions.load(extractions.dump(read)) == read


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda p: p.stem[:3])
def test_the_seeds_come_back_as_they_were(path: Path) -> None:
    (page,) = sources.read([path])
    assert isinstance(page, Page)
    read = read_page(page)
    back = extractions.load(extractions.dump(read))
    assert back == read
    assert [type(o.value) for o in back.observations] == [type(o.value) for o in read.observations]


@pytest.mark.parametrize("harm", [lambda b: b[:-1], lambda b: b"", lambda b: b"x" + b])
def test_damaged_bytes_are_told(harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(extractions.Damaged):
        extractions.load(harm(extractions.dump(first_page())))


# --- builds over what was built -----------------------------------------------------------------------------


def test_only_what_changed_is_read(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    (pages / "1.txt").write_text(text("大同", "99"), "utf-8")
    (pages / "2.txt").unlink()
    (pages / "new.txt").write_text(text("临汾"), "utf-8")
    steps = Steps()
    build([pages], tmp_path / "out", progress=steps)
    assert sorted(steps.read) == ["1.txt", "new.txt"]
    assert sorted(steps.kept) == ["0.txt", "3.txt", "4.txt", "5.txt"]
    assert result(tmp_path / "out") == from_nothing(pages, tmp_path / "anew")


def test_what_a_file_gives_is_known_before_it_is_decoded(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([pages], tmp_path / "out")
    before = result(tmp_path / "out")
    monkeypatch.setattr(sources, "pages", None)
    build([pages], tmp_path / "out")
    assert result(tmp_path / "out") == before


def test_of_a_file_of_records_only_those_that_changed_are_read(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    lines = [f'{{"id": "{n}", "text": "{text(city).strip()}"}}' for n, city in enumerate(CITIES)]
    lines = [line.replace("\n", "\\n") for line in lines]
    file.write_text("\n".join(lines), "utf-8")
    build([file], tmp_path / "out")
    file.write_text("\n".join([*lines[1:], lines[0].replace("13.67", "15")]), "utf-8")
    steps = Steps()
    build([file], tmp_path / "out", progress=steps)
    assert steps.read == ["pages.jsonl#0"]
    assert len(steps.kept) == 5
    assert result(tmp_path / "out") == from_nothing(file, tmp_path / "anew")


def test_what_could_not_be_read_is_tried_again(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(file: sources.File) -> sources.found.Found:
        yield sources.found.problem(file.name, "needs more than the core", "pip install it")

    with monkeypatch.context() as without:
        without.setattr(sources, "pages", missing)
        assert len(build([pages], tmp_path / "out").errors) == 6
    assert not build([pages], tmp_path / "out").errors


# --- adding and removing ------------------------------------------------------------------------------------


def test_adding_pages_is_like_building_with_them(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    (pages / "more").mkdir()
    (pages / "more" / "0.txt").write_text(text("临汾"), "utf-8")  # of a name that is there already
    steps = Steps()
    add([pages / "more"], tmp_path / "out", progress=steps)
    assert steps.read == ["0.txt"]
    assert not steps.kept
    assert result(tmp_path / "out") == from_nothing(pages, tmp_path / "anew")


def test_a_file_that_is_added_again_replaces_what_it_held(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    (pages / "1.txt").write_text(text("大同", "99"), "utf-8")
    add([pages / "1.txt"], tmp_path / "out")
    assert result(tmp_path / "out") == from_nothing(pages, tmp_path / "anew")


def test_removing_pages_is_like_building_without_them(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    builder.remove(["1.txt", "[45].*"], tmp_path / "out")
    for n in (1, 4, 5):
        (pages / f"{n}.txt").unlink()
    assert result(tmp_path / "out") == from_nothing(pages, tmp_path / "anew")


def test_the_name_of_an_archive_of_records_stands_for_all_of_them(pages: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pages / "more.zip", "w") as archive:
        archive.writestr("r.jsonl", '{"text": "太原市出口额5亿元。"}\n{"text": "大同市出口额6亿元。"}\n')
    report = build([pages], tmp_path / "out")
    assert {"r.jsonl#1", "r.jsonl#2"} <= set(report.pages)
    report = builder.remove(["r.jsonl"], tmp_path / "out")
    assert report.pages == tuple(f"{n}.txt" for n in range(6))


def test_a_name_that_is_not_there_names_the_nearest(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    before = result(tmp_path / "out")
    with pytest.raises(StoreError, match=r"no page 1\.text; the nearest is 1\.txt"):
        builder.remove(["0.txt", "1.text"], tmp_path / "out")
    assert result(tmp_path / "out") == before


def test_nothing_is_added_to_nothing(pages: Path, tmp_path: Path) -> None:
    for act in (lambda: add([pages], tmp_path / "no"), lambda: builder.remove(["x"], tmp_path / "no")):
        with pytest.raises(StoreError, match="kg build PAGES"):
            act()
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("harm", [lambda b: b"garbage" * 999, lambda b: b[: len(b) // 2], lambda b: b""])
def test_a_damaged_shelf_costs_no_graph(pages: Path, tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    build([pages], tmp_path / "out")
    file = tmp_path / "out" / "pages.sqlite"
    file.write_bytes(harm(file.read_bytes()))
    for act in (lambda: add([pages], tmp_path / "out"), lambda: builder.remove(["1.txt"], tmp_path / "out")):
        with pytest.raises(StoreError, match=r"pages\.sqlite: .*build again"):
            act()
    assert open_store(tmp_path / "out").ask("ASK { ?s ?p ?o }")


def test_a_damaged_page_on_the_shelf_costs_no_graph(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    before = result(tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / "pages.sqlite")) as kept, kept:
        kept.execute("UPDATE items SET body = X'00'")
    page = next(page for page in sources.read([pages / "3.txt"]) if not isinstance(page, Problem))
    with pytest.raises(StoreError, match=r"pages\.sqlite: .*build again"):
        shelf.open_shelf(tmp_path / "out").extraction(page.sha256)
    with pytest.raises(StoreError, match=r"pages\.sqlite: .*build again"):
        builder.remove(["1.txt"], tmp_path / "out")
    assert result(tmp_path / "out") == before


# --- what readers of the shelf see --------------------------------------------------------------------------


def test_the_shelf_gives_each_page_of_the_graph(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    page = next(page for page in sources.read([pages / "3.txt"]) if not isinstance(page, Problem))
    opened = shelf.open_shelf(tmp_path / "out")
    held = opened.extraction(page.sha256)
    assert isinstance(held, Extraction)
    assert held == read_page(page)
    assert opened.pages() == [f"{n}.txt" for n in range(6)]
    builder.remove(["3.txt"], tmp_path / "out")
    assert shelf.open_shelf(tmp_path / "out").extraction(page.sha256) is None


def test_a_shelf_tells_no_paths(pages: Path, tmp_path: Path) -> None:
    build([pages], tmp_path / "out")
    assert str(tmp_path).encode() not in (tmp_path / "out" / shelf.FILE).read_bytes()
