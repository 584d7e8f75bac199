"""The names of things in the graph: the only place that spells an IRI.

An entity key `ent:山西焦煤` and the IRI `https://w3id.org/fangzhi/id/ent/山西焦煤` say the same.
Local names keep what RFC 3987 and a Turtle prefixed name both allow, Chinese included; the rest is
percent-encoded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

FZ = "https://w3id.org/fangzhi/ontology#"
ID = "https://w3id.org/fangzhi/id/"
QUDT_UNIT = "http://qudt.org/vocab/unit/"
# What an entity key may begin with, and the things that are no entities.
ENTITIES = (
    *("place", "country", "zone", "ent", "agency", "inst", "project"),
    *("policy", "product", "award", "event", "person", "group"),
)
OTHERS = (
    "metric",
    "unit",
    "page",
    "article",
    "source",
    "activity",
    "program",
    "fact",
    "observation",
    "milestone",
    "denial",
    "series",
    "cell",
    "evidence",
    "judgement",
    "judge",
    "link",
)
PREFIXES: dict[str, str] = {
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "fz": FZ,
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
} | {name: f"{ID}{name}/" for name in (*ENTITIES, *OTHERS)}

# For telling others what an endpoint offers.
OFFERS: dict[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
}

# Letters and marks that are legal in IRIs and in Turtle's local names alike, full-width forms and 《》 among
# them. What cannot be seen (fillers, byte order mark, variation selectors) is not.
_SAFE = (
    r"0-9A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u115e"
    r"\u1161-\u167f\u1681-\u180a\u180f-\u1fff\u2070-\u218f\u3001-\u3163\u3165-\ud7ff\uf900-\ufdcf"
    r"\ufdf0-\ufdff\ufe10-\ufefe\uff01-\uff9f\uffa1-\uffef\U00020000-\U0002fffd\U00030000-\U0003fffd"
)
_UNSAFE = re.compile(rf"[^{_SAFE}.\-]|^[.\-]|\.$")
# What Turtle allows after a prefix, the # of a fragment written with a backslash apart.
LOCAL = re.compile(
    rf"(?:[{_SAFE}]|%[0-9A-F]{{2}})(?:(?:[{_SAFE}.\-]|%[0-9A-F]{{2}})*(?:[{_SAFE}\-]|%[0-9A-F]{{2}}))?"
)


def _escape(found: re.Match[str]) -> str:
    # quote() leaves - and . as they are, but at the ends Turtle does not.
    return quote(found[0], safe="") if found[0] not in "-." else f"%{ord(found[0]):02X}"


def iri(key: str) -> str:
    """The IRI of an entity key, or of any `prefix:local` under the namespace of things."""
    prefix, _, local = key.partition(":")
    return f"{ID}{prefix}/{_UNSAFE.sub(_escape, local)}"


def key(iri: str) -> str:
    """The key of a thing's IRI; any other IRI is shortened by its prefix, or left as it is."""
    if iri.startswith(ID):
        prefix, _, local = iri.removeprefix(ID).partition("/")
        return f"{prefix}:{unquote(local)}"
    for prefix, space in PREFIXES.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return iri


def node(key: str) -> NamedNode:
    """The node of an entity key."""
    return NamedNode(iri(key))


@cache
def term(name: str) -> NamedNode:
    """The node of a term of a vocabulary: `fz:exports`, `rdfs:label`."""
    prefix, _, local = name.partition(":")
    return NamedNode((PREFIXES.get(prefix) or OFFERS[prefix]) + local)


_written = json.JSONEncoder(default=str).encode


def digest(parts: Iterable[object]) -> str:
    """Twenty hexadecimal digits that stand for `parts`."""
    return sha256(_written([*parts]).encode()).hexdigest()[:20]
