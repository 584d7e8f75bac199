"""Search: things by their names, articles by their words, suggestions while somebody types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg import search
from kg.search import Found, Hit, Index, Text
from kg.serve import looks
from kg.serve.site import site

SIZE = 20  # results on a page
FACET = 12  # values of a facet
_LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Choice:
    """A value by which results can be narrowed, and how many there are of it."""

    value: str
    label: str
    count: int
    chosen: bool


def _search(request: Request) -> Response:
    asked = request.query_params
    text, at = asked.get("q", "").strip()[:_LONGEST], looks.number(request, "at")
    index, wide = site(request).index, asked.get("in") == "texts"
    kind, place = asked.get("kind", ""), asked.get("place", "")
    things = search.things(index, text, kind, place, 0 if wide else at, SIZE)
    narrowed = {name: asked.get(name, "") for name in ("place", "paper", "year")}
    texts = search.articles(index, text, **narrowed, at=at if wide else 0, size=SIZE)
    found: Found[Hit] | Found[Text] = texts if wide else things
    chosen = {name: asked.get(name, "") for name in found.facets}
    return looks.page(
        request,
        "search.html",
        q=text,
        wide=wide,
        things=things,
        texts=texts,
        facets=_facets(request, index, found.facets.items(), chosen),
        places=looks.places(
            index, [*(hit.city for hit in things.items), *(text.place for text in texts.items)]
        ),
        at=at,
        size=SIZE,
    )


def _facets(
    request: Request,
    index: Index,
    facets: Iterable[tuple[str, Iterable[tuple[str, int]]]],
    chosen: dict[str, str],
) -> dict[str, list[Choice]]:
    """The commonest values of each facet, and the one chosen, under the names people know."""
    tongue, found = looks.language(request), {}
    for name, counts in facets:
        values = [(v, n) for i, (v, n) in enumerate(counts) if i < FACET or v == chosen[name]]
        places = looks.places(index, (v for v, _ in values)) if name == "place" else {}
        labels = {v: looks.name_of(tongue, hit) for v, hit in places.items()}
        if name == "kind":
            labels = {v: looks.label(tongue, v) for v, _ in values}
        found[name] = [Choice(v, labels.get(v, v), n, v == chosen[name]) for v, n in values]
    return found


def _suggest(request: Request) -> Response:
    """What somebody who typed `q` may mean, as JSON: address, name, class, the name that matched."""
    tongue = looks.language(request)
    hits = search.suggest(site(request).index, request.query_params.get("q", "")[:_LONGEST])
    told = [
        {
            "iri": hit.iri,
            "href": looks.href(hit.iri),
            "name": looks.name_of(tongue, hit),
            "kind": looks.label(tongue, hit.type),
            "form": hit.form if hit.form != hit.name else "",
            **{name: looks.look(hit.type)[name] for name in ("path", "color")},
        }
        for hit in hits
    ]
    return JSONResponse(told, headers={"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"})


routes = (Route("/search", _search), Route("/suggest", _suggest))
