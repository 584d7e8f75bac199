"""The first page: what the graph holds, and where to begin."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg import queries
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
    assert site(request)
    asked = [queries.load(name) for name in QUESTIONS]
    return looks.page(request, "home.html", questions=asked)


routes = (Route("/", _home),)
