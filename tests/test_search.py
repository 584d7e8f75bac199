"""The index: every part of every name and text is found, in the order in which people mean it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from conftest import FIRM, first_page, second_page
from hypothesis import assume, given
from hypothesis import strategies as st
from shelved import shelved

from kg import search, store
from kg.iris import iri
from kg.search import Choice, Index, saying, ways
from kg.search.folding import fold, grams, phrase
from kg.store import statements

CITY, KAOLIN, JAPAN = iri("place:140900"), iri("product:高岭土"), iri("country:JPN")
names = st.text(st.sampled_from("忻州市高岭土出口AbcÉ ５“”(·)-鐵"), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The index of the two sample pages."""
    folder = shelved(tmp_path_factory.mktemp("shelved"), first_page(), second_page())
    return search.open_index(folder, (folder / "store").resolve(), store.open_store(folder))


@given(names, st.data())
def test_every_part_of_a_text_is_found_and_nothing_else(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    assume(folded)
    start = data.draw(st.integers(0, len(folded) - 1))
    part = folded[start : data.draw(st.integers(start + 1, len(folded)))]
    other = data.draw(names)
    assume(fold(other))
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (grams)")
    db.execute("INSERT INTO t VALUES (?)", (grams(text),))

    def found(wanted: str) -> bool:
        return bool(db.execute("SELECT 1 FROM t WHERE t MATCH ?", (phrase(wanted),)).fetchall())

    assert found(part)
    assert found(other) == (fold(other) in folded)


@pytest.mark.parametrize(
    ("typed", "iri_"),
    [
        ("金宇科林", iri(f"ent:{FIRM}")),
        ("宇科", iri(f"ent:{FIRM}")),
        ("sxjykl", iri(f"ent:{FIRM}")),
        ("jinyu kelin", iri(f"ent:{FIRM}")),
        ("忻州", CITY),
        ("xzs", CITY),
        ("Xīnzhōu", CITY),
        ("kaolin", KAOLIN),
        ("高嶺土", KAOLIN),
        ("日本", JAPAN),
    ],
)
def test_a_thing_is_found_by_any_name(index: Index, typed: str, iri_: str) -> None:
    assert search.suggest(index, typed)[0].iri == iri_


@pytest.mark.parametrize(
    "typed", ["", " ", "，。", '"', "NEAR(", "* OR x", "没有这样的东西", "\x00", "x" * 5000]
)
def test_what_is_no_name_finds_nothing(index: Index, typed: str) -> None:
    assert search.suggest(index, typed) == []
    assert search.things(index, typed).total == 0


def test_facets_narrow_and_count_what_the_others_leave(index: Index) -> None:
    all_ = search.things(index, "土")
    assert {hit.iri for hit in all_.items} == {KAOLIN}
    assert search.things(index, "土", kind="City").total == 0
    assert dict(all_.facets["kind"]) == {"Product": 1}


def test_articles_are_found_by_their_words_and_narrowed(index: Index) -> None:
    found = search.articles(index, "高岭土 煤矸石")
    assert [text.title for text in found.items] == ["河东外贸上半年稳步增长"]
    assert found.items[0].excerpt[1] in ("高岭土", "煤矸石")
    years = search.articles(index, "高岭土")
    assert years.total == 2
    assert dict(years.facets["year"]) == {"2025": 1, "2026": 1}
    assert [t.published for t in search.articles(index, "高岭土", year="2026").items] == ["2026-01-20"]
    assert dict(search.articles(index, "高岭土", year="2026").facets["year"]) == {"2025": 1, "2026": 1}


def test_the_index_says_what_the_store_says(index: Index, sample: Path) -> None:
    there = store.open_store(sample)
    facts = [fact for (fact,) in index.rows("SELECT iri FROM fact")]
    assert [*saying.statements(index, facts).values()]
    for fact in statements.statements(there, facts):
        mine = saying.statements(index, [fact.iri])[fact.iri]
        assert (mine.subject, mine.predicate, mine.object) == (fact.subject, fact.predicate, fact.object)
        assert float(mine.confidence) == float(fact.confidence)
        assert {p.quote for p in mine.proofs} == {p.quote for p in fact.proofs}
    theirs = {f.iri: f for f in statements.figures(there, [CITY])}
    for figure in saying.figures(index, "1", ()):
        other = theirs[figure.iri]
        for name in ("value", "unit", "text", "first", "last", "kind", "change", "metric"):
            assert getattr(figure, name) == getattr(other, name)


def test_ways_join_things_whichever_way_facts_point(index: Index) -> None:
    steps = ways.way(index, KAOLIN, JAPAN, Choice())
    assert [(edge.subject, edge.relation, edge.object) for edge in steps] == [
        (iri(f"ent:{FIRM}"), "exports", KAOLIN),
        (iri(f"ent:{FIRM}"), "exportsTo", JAPAN),
    ]
    assert ways.way(index, KAOLIN, JAPAN, Choice(relations=("exports",))) == []
    assert ways.way(index, KAOLIN, JAPAN, Choice(sure=0.95)) == []
    assert ways.way(index, KAOLIN, JAPAN, Choice(until="2024")) == []
    assert [edge.relation for edge in ways.way(index, CITY, iri("place:140000"), Choice())] == ["locatedIn"]


def test_what_a_choice_leaves(index: Index) -> None:
    firm = iri(f"ent:{FIRM}")
    assert {
        edge.object for edge in ways.around(index, firm, Choice(classes=("Enterprise", "Product")), 9)
    } == {KAOLIN, iri("product:煤矸石")}
    said_twice, *_ = (edge for edge in ways.around(index, firm, Choice(since="2026"), 9))
    assert said_twice.object == KAOLIN
    assert ways.together(index, KAOLIN, CITY)
