"""What statements are about (entities, divisions, metrics, units) as edges of the graph.

Each has one `rdfs:label`, its Chinese name; `skos:prefLabel` holds that name in Latin letters and in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from pyoxigraph import Literal, NamedNode

from kg.graph.romanise import romanise, short_name
from kg.iris import node, term
from kg.model import Entity
from kg.rules import lexicon, table

Edge: TypeAlias = tuple[NamedNode, str, NamedNode | Literal]


def entity_edges(entity: Entity) -> Iterator[Edge]:
    """The class, the code and all names of an entity."""
    this = node(entity.key)
    for slip in entity.raw:
        yield this, "skos:hiddenLabel", chinese(slip)
    if known := division_edges(entity.code or ""):
        # The lexicon has all its names; what pages add is relative to them, such as 我市.
        yield from known
        return
    yield this, "rdf:type", term(f"fz:{entity.type}")
    yield from _names(this, entity.name)
    if entity.code:
        yield this, "fz:code", Literal(entity.code)
    if entity.type == "Product" and (heading := _headings().get(entity.name)):
        yield this, "fz:hsHeading", Literal(heading)
    if english := _english().get(entity.name):
        yield this, "skos:prefLabel", Literal(english, language="en")
    for alias in {entity.name, *entity.aliases}:
        yield from _alias(this, entity, alias)


def _names(this: NamedNode, name: str, latin: str = "") -> Iterator[Edge]:
    yield this, "rdfs:label", chinese(name)
    yield this, "skos:prefLabel", Literal(latin or romanise(name), language="zh-Latn")


def _alias(this: NamedNode, entity: Entity, alias: str) -> Iterator[Edge]:
    """Another name; of an enterprise also what people would call it."""
    short = short_name(alias) if entity.type == "Enterprise" else ""
    for name in filter(None, {alias, short} - {entity.name}):
        yield this, "skos:altLabel", chinese(name)
        yield this, "skos:altLabel", Literal(romanise(name), language="zh-Latn")


@cache
def _divisions() -> dict[str, dict[str, str]]:
    """Divisions of China by code, the abolished ones too."""
    former = {row["code"]: row for row in lexicon("former")}
    return former | {row["code"]: row for row in lexicon("divisions")}


@cache
def _english() -> dict[str, str]:
    """English names by Chinese name or alias."""
    rows = [row for name in ("products", "agencies", "countries") for row in lexicon(name)]
    names = {alias: row["name_en"] for row in rows for alias in row["alias"].split("|")}
    return names | {row["name_zh"]: row["name_en"] for row in rows}


@cache
def _headings() -> dict[str, str]:
    """Headings of the Harmonized System by the name of the goods."""
    return {row["name_zh"]: row["hs"] for row in lexicon("products") if row["hs"]}


@cache
def _former() -> dict[str, list[str]]:
    """What divisions were called before, by present code; names that are too short to tell left out."""
    found: dict[str, list[str]] = {}
    for row in lexicon("former"):
        if len(row["name"]) > 2:
            found.setdefault(row["successor"], []).append(row["name"])
    return found


@cache
def division_edges(code: str) -> tuple[Edge, ...]:
    """What the lexicon knows of a division and of those above it: no page says so, hence no Fact."""
    if code not in _divisions():
        return ()
    row = _divisions()[code]
    this = node(f"place:{code}")
    short = [form for form in row.get("short", "").split("|") if form]
    edges: list[Edge] = [
        (this, "rdf:type", term(f"fz:{row['level']}")),
        (this, "fz:code", Literal(code)),
        *_names(this, row["name"], row.get("pinyin", "")),
        (this, "skos:altLabel", Literal(romanise(row["name"]), language="zh-Latn")),
        *((this, "skos:altLabel", chinese(form)) for form in short if len(form) > 1),
        *((this, "skos:altLabel", chinese(form)) for form in _former().get(code, ())),
    ]
    if row.get("lat"):
        edges.append((this, "wgs:lat", number(Decimal(row["lat"]))))
        edges.append((this, "wgs:long", number(Decimal(row["lon"]))))
    if row["parent"]:
        edges.append((this, "fz:locatedIn", node(f"place:{row['parent']}")))
    return (*edges, *division_edges(row["parent"]))


@cache
def metric_edges(name: str) -> tuple[Edge, ...]:
    """A metric as its text words it, tied to the known metric that it is, or of which it is a kind."""
    this, row = node(f"metric:{name}"), known_metrics().get(name)
    edges: list[Edge] = [(this, "rdf:type", term("fz:Metric")), (this, "rdfs:label", chinese(name))]
    if row is None:
        # The head of a Chinese compound stands last: 高新技术产品出口额 is a kind of 出口额.
        tails = (known_metrics().get(name[i:]) for i in range(1, len(name) - 1))
        tie, other = "skos:broader", next((tail["name"] for tail in tails if tail), None)
    elif row["name"] != name:
        tie, other = "skos:exactMatch", row["name"]
    else:
        tie, other = "skos:broader", row.get("broader")
        edges.append((this, "skos:prefLabel", Literal(row["en"], language="en")))
    return (*edges, (this, tie, node(f"metric:{other}")), *metric_edges(other)) if other else tuple(edges)


@cache
def known_metrics() -> dict[str, dict[str, Any]]:
    """The rows of metrics.toml by name and by alias."""
    rows = table("metrics")["metric"]
    return {alias: row for row in rows for alias in row.get("aliases", ())} | {
        row["name"]: row for row in rows
    }


def unit_edges(name: str) -> Iterator[Edge]:
    """A unit, under its notation."""
    this = node(f"unit:{name}")
    yield this, "rdf:type", term("fz:Unit")
    yield this, "rdfs:label", chinese(name)
    yield this, "skos:notation", Literal(name)
    if english := _units().get(name):
        yield this, "skos:prefLabel", Literal(english, language="en")


@cache
def _units() -> dict[str, str]:
    """English labels of units by notation."""
    return {row["notation"]: row["en"] for row in table("units")["unit"]}


def chinese(text: str) -> Literal:
    """Text as the papers write it."""
    return Literal(text, language="zh")


def number(value: int | Decimal) -> Literal:
    """An integer where it is one, else a decimal; 14.30 and 14.3 are the same."""
    text = format(Decimal(value).normalize(), "f") if value else "0"
    return Literal(text, datatype=term("xsd:decimal" if "." in text else "xsd:integer"))


def day(value: date) -> Literal:
    """A day."""
    return Literal(value.isoformat(), datatype=term("xsd:date"))
