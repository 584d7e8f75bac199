"""The explorer as one ASGI application."""

from __future__ import annotations

from collections.abc import Collection

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from kg.serve import home, looks, static, thing
from kg.serve.safety import LOOPBACK, Guard
from kg.serve.site import Site

# Each page is a module with its `routes`.
PARTS: tuple[Collection[BaseRoute], ...] = (home.routes, thing.routes, static.routes)


def app(site: Site, hosts: Collection[str] = LOOPBACK) -> Starlette:
    """The application that serves a site under the host names given, and under no other."""
    made = Starlette(
        routes=[route for part in PARTS for route in part],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    made.router.redirect_slashes = False  # which would send //host/ to another host
    made.state.site = site
    return made


def _refused(request: Request, error: Exception) -> Response:
    """An error page, which repeats nothing of what was asked."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    known = status if f"error-{status}" in looks.words() else 400
    page = looks.page(request, "error.html", status, why=f"error-{known}")
    page.headers.update(error.headers or {})
    return page


def _failed(request: Request, error: Exception) -> Response:
    return looks.page(request, "error.html", 500, why="error-500")
