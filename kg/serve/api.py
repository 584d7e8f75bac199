"""The JSON API: what the pages find and tell, for programs, described by OpenAPI from the very records.

`/suggest` answers people who type, in their language; what is here is the same in all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg import __version__, search
from kg.iris import ENTITIES, ID
from kg.search import Hit, Index, Text, named
from kg.serve import about, schemas
from kg.serve.site import Site, site
from kg.store.statements import Figure, Statement

_MOST = 100


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: a number from `least` to `most`, or a text so long at most, which fits a pattern."""

    name: str
    about: str
    least: int = 0
    most: int = 0
    longest: int = 0
    pattern: str = ""
    default: str | None = ""  # None: it must be given
    example: str = ""

    def read(self, values: Sequence[str]) -> str:
        """The value given. Raises ValueError."""
        if len(values) > 1:
            raise ValueError(f"{self.name}: give it once")
        if not values and self.default is None:
            raise ValueError(f"{self.name} is missing: {self.about}")
        if values and not self._fits(values[0]):
            raise ValueError(f"{self.name} does not fit: {self.about}")
        return values[0] if values else str(self.default)

    def _fits(self, value: str) -> bool:
        if self.longest:
            return len(value) <= self.longest and bool(re.fullmatch(self.pattern or r"[\s\S]*", value))
        return bool(re.fullmatch(r"[0-9]{1,9}", value)) and self.least <= int(value) <= self.most

    def described(self) -> dict[str, Any]:
        """In OpenAPI."""
        kind: dict[str, Any] = {"type": "integer", "minimum": self.least, "maximum": self.most}
        if self.longest:
            kind = {"type": "string", "maxLength": self.longest}
        if self.pattern:
            kind["pattern"] = f"^({self.pattern})$"
        if self.default:
            kind["default"] = self.default if self.longest else int(self.default)
        told = {"name": self.name, "in": "query", "description": self.about, "schema": kind}
        return told | {"required": self.default is None} | ({"example": self.example} if self.example else {})


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the things that were found, from the one numbered `at` on, and how many there are."""

    total: int
    at: int
    items: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Texts:
    """Some of the articles that were found, from the one numbered `at` on, and how many there are."""

    total: int
    at: int
    items: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing with the facts about it, the first ones, each with its proofs."""

    thing: Hit
    names: Sequence[str]
    facts: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a thing, or those of a metric, the latest first."""

    at: int
    items: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Call:
    """Something that can be asked: parameters to an answer, or nothing where what is named is not there."""

    path: str
    summary: str
    parameters: Sequence[Parameter]
    gives: type
    answer: Callable[[Site, Mapping[str, str]], object | None] = field(repr=False)


_WORDS = Parameter("q", "words, at most 200 characters", longest=200)
_AT = Parameter("at", "the first to be given, counted from 0", most=100_000, default="0")
_SIZE = Parameter("size", f"how many, at most {_MOST}", least=1, most=_MOST, default="20")
_PLACE = Parameter("place", "the code of a prefecture, six digits", longest=6, pattern="([0-9]{6})?")
_KIND = Parameter("kind", "a class of the ontology", longest=40, pattern="[A-Za-z]*", example="Enterprise")
_PAPER = Parameter("paper", "the name of a newspaper", longest=60)
_YEAR = Parameter("year", "a year", longest=4, pattern="([0-9]{4})?", example="2025")
_METRIC = Parameter("metric", "the name of a metric", longest=60)
_IRI = Parameter(
    "iri",
    "the IRI of a thing",
    longest=400,
    pattern=rf"{re.escape(ID)}({'|'.join((*ENTITIES, 'metric'))})/[^ <>]+",
    default=None,
    example=f"{ID}place/140900",
)


def _things(here: Site, given: Mapping[str, str]) -> Page:
    at = int(given["at"])
    found = search.things(here.index, given["q"], given["kind"], given["place"], at, int(given["size"]))
    return Page(found.total, at, found.items)


def _articles(here: Site, given: Mapping[str, str]) -> Texts:
    chosen = {name: given[name] for name in ("place", "paper", "year")}
    at = int(given["at"])
    found = search.articles(here.index, given["q"], **chosen, at=at, size=int(given["size"]))
    return Texts(found.total, at, found.items)


def _entity(here: Site, given: Mapping[str, str]) -> Entity | None:
    this = given["iri"]
    hit = named(here.index, [this]).get(this)
    if hit is None:
        return None
    return Entity(hit, about.forms(here.index, this, hit), _facts(here.index, this))


def _facts(index: Index, iri: str) -> list[Statement]:
    rows = index.rows(
        """SELECT f.iri FROM fact f JOIN thing t ON t.id IN (f.subject, f.object)
        WHERE t.iri = ? ORDER BY f.id LIMIT ?""",
        (iri, _MOST),
    )
    return [*search.saying.statements(index, [fact for (fact,) in rows]).values()]


def _figures(here: Site, given: Mapping[str, str]) -> Figures | None:
    this, at = given["iri"], int(given["at"])
    if not named(here.index, [this]):
        return None
    return Figures(at, about.figures(here.index, this, given["metric"], at, int(given["size"])))


CALLS = (
    Call(
        "/api/things",
        "Things by any of their names, or by pinyin initials",
        (_WORDS, _KIND, _PLACE, _AT, _SIZE),
        Page,
        _things,
    ),
    Call(
        "/api/articles",
        "Articles by the words of their text",
        (_WORDS, _PLACE, _PAPER, _YEAR, _AT, _SIZE),
        Texts,
        _articles,
    ),
    Call("/api/entity", "A thing, its names and its facts with their proofs", (_IRI,), Entity, _entity),
    Call(
        "/api/figures",
        "The figures of a thing or of a metric, with their proofs",
        (_IRI, _METRIC, _AT, _SIZE),
        Figures,
        _figures,
    ),
)


def _route(call: Call) -> Route:
    def answer(request: Request) -> Response:
        given = request.query_params
        known = {parameter.name for parameter in call.parameters}
        try:
            if unknown := sorted(given.keys() - known):
                raise ValueError(
                    f"{len(unknown)} parameters are unknown; there are {', '.join(sorted(known))}"
                )
            values = {
                parameter.name: parameter.read(given.getlist(parameter.name)) for parameter in call.parameters
            }
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        found = call.answer(site(request), values)
        if found is None:
            return JSONResponse({"error": "there is no such thing here"}, 404)
        return JSONResponse(asdict(found))  # type: ignore[call-overload]

    return Route(call.path, answer)


@cache
def description() -> dict[str, Any]:
    """The API in OpenAPI 3.1."""
    told = schemas.Schemas()
    refused = {
        "description": "Why not, in one line",
        "content": {"application/json": {"schema": schemas.ERROR}},
    }
    paths = {
        call.path: {
            "get": {
                "operationId": call.path.rpartition("/")[2],
                "summary": call.summary,
                "parameters": [parameter.described() for parameter in call.parameters],
                "responses": {
                    "200": {
                        "description": (call.gives.__doc__ or "").strip(),
                        "content": {"application/json": {"schema": told.of(call.gives)}},
                    },
                    "400": refused,
                    "404": refused,
                },
            }
        }
        for call in CALLS
    }
    info = {"title": "Fangzhi 方志", "version": __version__, "license": {"name": "Apache-2.0"}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": told.found}}


def _described(request: Request) -> Response:
    return JSONResponse(description())


routes = (*map(_route, CALLS), Route("/api/openapi.json", _described))
