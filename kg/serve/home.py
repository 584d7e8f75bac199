"""The first page: what the graph holds, and where to begin."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg import queries
from kg.search import named
from kg.serve import looks
from kg.serve.site import site

# The questions to begin with.
QUESTIONS = (
    "exports-by-city",
    "exporters",
    "projects-by-investment",
    "target-and-actual",
    "growth",
    "rankings",
    "partners",
    "policies-of-place",
    "awards",
    "path",
)


def _home(request: Request) -> Response:
    index = site(request).index
    hits = named(index, (iri for iri, *_ in index.told["places"]))
    return looks.page(
        request,
        "home.html",
        told=index.told,
        questions=[queries.load(name) for name in QUESTIONS],
        places=[(hits[iri], count) for iri, _, count in index.told["places"]],
        kinds=sorted(index.told["things"].items(), key=lambda kind: -kind[1]),
    )


routes = (Route("/", _home),)
