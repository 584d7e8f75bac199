"""The ontology: `core.ttl` by hand, the other files of `ontology/` written from the tables in `kg/rules`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.iris import ID, PREFIXES, QUDT_UNIT, iri
from kg.ontology.shapes import block, shapes
from kg.relations import declared
from kg.resources import folder
from kg.rules import own_folder, table

_HEAD = "# Written by `kg ontology` from kg/rules/{}; change it there.\n"


def derived() -> dict[str, str]:
    """The text of each derived file, by name."""
    return {
        "relations.ttl": _file("relations.toml", _relations()),
        "metrics.ttl": _file("metrics.toml", _metrics()),
        "units.ttl": _file("units.toml", _units()),
        "stages.ttl": _file("stages.toml", _stages()),
        "shapes.ttl": _file("shapes.toml and relations.toml", shapes(relations())),
        "context.jsonld": json.dumps({"@context": _context()}, ensure_ascii=False, indent=2) + "\n",
    }


def home() -> Path:
    """Where the derived files stand: beside the user's own rules where there are some."""
    own = own_folder()
    return own / "ontology" if own else folder("ontology")


def stale() -> list[Path]:
    """The derived files that no longer say what the tables say."""
    texts = {home() / name: text for name, text in derived().items()}
    return [path for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text]


def write() -> list[Path]:
    """Write the derived files that are stale; the paths written."""
    texts, written = derived(), stale()
    home().mkdir(exist_ok=True)
    for path in written:
        path.write_text(texts[path.name], "utf-8", newline="\n")
    return written


@cache
def axioms() -> tuple[ox.Triple, ...]:
    """Classes and properties: what there is to reason with."""
    core = (folder("ontology") / "core.ttl").read_text("utf-8")
    return (*_triples(core), *_triples(derived()["relations.ttl"]))


@cache
def triples() -> tuple[ox.Triple, ...]:
    """The whole ontology with its metrics, units and stages, shapes apart."""
    texts = derived()
    known = (t for name in ("metrics.ttl", "units.ttl", "stages.ttl") for t in _triples(texts[name]))
    return (*axioms(), *known)


def _triples(text: str) -> Iterator[ox.Triple]:
    return (q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))


@cache
def relations() -> dict[str, dict[str, Any]]:
    """The tables of relations.toml by name."""
    return {name: dict(declared(name, row)) for name, row in table("relations").items()}


def _file(source: str, blocks: Iterable[str]) -> str:
    """A Turtle file: where it comes from, the prefixes it uses, its blocks."""
    body = "".join(blocks)
    used = sorted(set(re.findall(r"(?<![\w:/<#\"])([a-z]+):", body)) & PREFIXES.keys())
    return _HEAD.format(source) + "".join(f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in used) + body


def _text(value: str, language: str) -> str:
    return str(ox.Literal(value, language=language))


def _labels(row: Mapping[str, Any]) -> list[str]:
    return [
        f"rdfs:label {_text(row['zh'], 'zh')}, {_text(row['en'], 'en')}",
        "rdfs:comment " + ", ".join(_text(text, tag) for tag, text in sorted(row["comment"].items())),
    ]


def _relations() -> Iterator[str]:
    for name, row in sorted(relations().items()):
        kinds = "a owl:ObjectProperty" + (", owl:SymmetricProperty" if row.get("symmetric") else "")
        sides = [f"rdfs:{side} {_union(row[side])}" for side in ("domain", "range")]
        ties = f"skos:closeMatch {', '.join(row['tie'])}" if row.get("tie") else ""
        yield block(f"fz:{name}", [kinds, *_labels(row), *sides, ties])


def _union(classes: Iterable[str]) -> str:
    names = [f"fz:{name}" for name in classes]
    return names[0] if len(names) == 1 else f"[ a owl:Class ; owl:unionOf ( {' '.join(names)} ) ]"


def _short(key: str) -> str:
    """The key of a metric or a unit as a prefixed name."""
    return iri(key).removeprefix(ID).replace("/", ":", 1)


# Things have one rdfs:label, as in the graph.
def _thing(kind: str, name: str, row: Mapping[str, Any]) -> list[str]:
    aliases = ", ".join(_text(alias, "zh") for alias in row.get("aliases", ()))
    return [
        f"a owl:NamedIndividual, fz:{kind}",
        f"rdfs:label {_text(name, 'zh')}",
        f"skos:prefLabel {_text(row['en'], 'en')}",
        f"skos:altLabel {aliases}" if aliases else "",
        f"fz:quantity {ox.Literal(row['quantity'])}" if row.get("quantity") else "",
    ]


def _metrics() -> Iterator[str]:
    for row in sorted(table("metrics")["metric"], key=lambda row: str(row["name"])):
        yield block(
            _short(f"metric:{row['name']}"),
            [
                *_thing("Metric", row["name"], row),
                f"skos:definition {_text(row['definition'], 'en')}" if row.get("definition") else "",
                f"skos:broader {_short('metric:' + row['broader'])}" if row.get("broader") else "",
            ],
        )


def _units() -> Iterator[str]:
    for row in sorted(table("units")["unit"], key=lambda row: str(row["notation"])):
        yield block(
            _short(f"unit:{row['notation']}"),
            [
                *_thing("Unit", row["notation"], row),
                f"skos:notation {ox.Literal(row['notation'])}",
                f"skos:exactMatch <{QUDT_UNIT}{row['qudt']}>" if row.get("qudt") else "",
            ],
        )


def _stages() -> Iterator[str]:
    for row in table("stages")["stage"]:
        labels = f"rdfs:label {_text(row['zh'], 'zh')}, {_text(row['en'], 'en')}"
        kinds = "a owl:NamedIndividual, fz:Stage"
        yield block(f"fz:{row['name']}", [kinds, labels, f"rdfs:comment {_text(row['comment'], 'en')}"])


def _context() -> dict[str, Any]:
    """The JSON-LD names of our terms: local names, links and dates typed."""
    rows = table("shapes")["shape"]
    terms: dict[str, Mapping[str, Any]] = {name: {} for row in rows for name in row["classes"].split()}
    terms |= {path: rule for row in rows for path, rule in row["properties"].items()}
    terms |= {f"fz:{name}": {"iri": True} for name in relations()}
    terms |= {"skos:altLabel": {}, "skos:hiddenLabel": {}}
    spaces = {prefix: space for prefix, space in PREFIXES.items() if not space.startswith(ID)}
    context: dict[str, Any] = {"@version": 1.1, "@base": ID, "id": "@id", "type": "@type"} | spaces
    for name, rule in sorted(terms.items()):
        kind = "@id" if rule.keys() & {"iri", "class", "in"} else rule.get("datatype")
        typed = kind in ("@id", "xsd:date")
        context[name.partition(":")[2]] = {"@id": name, "@type": kind} if typed else name
    return context
