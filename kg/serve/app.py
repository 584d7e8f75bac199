"""The explorer as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from kg.serve import (
    api,
    article,
    compare,
    find,
    home,
    judging,
    looks,
    network,
    offers,
    sparql,
    static,
    thing,
    timeline,
    watching,
)
from kg.serve.judging import Judging
from kg.serve.safety import LOOPBACK, Admission, Guard
from kg.serve.site import Site
from kg.workers import Limits
from kg.workers.pool import Pool

# Each page is a module with its `routes`.
PARTS: tuple[Collection[BaseRoute], ...] = (
    home.routes,
    find.routes,
    article.routes,
    network.routes,
    compare.routes,
    watching.routes,
    timeline.routes,
    thing.routes,
    static.routes,
    sparql.routes,
    offers.routes,
    api.routes,
)


def app(
    site: Site, hosts: Collection[str] = LOOPBACK, limits: Limits | None = None, judge: Judging | None = None
) -> Starlette:
    """The application that serves a site under the host names given, and under no other.

    With `judge`, who holds its token can write judgements; else there is nothing of the kind.
    What strangers ask is answered by worker processes, which live as long as the application runs.
    """

    @asynccontextmanager
    async def running(made: Starlette) -> AsyncIterator[None]:
        async with Pool(site.folder, limits or Limits()) as made.state.pool:
            yield

    made = Starlette(
        lifespan=running,
        routes=[route for part in (*PARTS, *([judging.routes] if judge else [])) for route in part],
        middleware=[
            Middleware(Guard, hosts=hosts),
            *([Middleware(Admission, token=judge.token)] if judge else []),
        ],
        exception_handlers={HTTPException: _refused, ClientDisconnect: _gone, Exception: _failed},
    )
    made.router.redirect_slashes = False  # which would send //host/ to another host
    made.state.site = site
    made.state.judging = judge
    made.state.watch = watching.Watch()
    return made


def _refused(request: Request, error: Exception) -> Response:
    """An error page, which repeats nothing of what was asked."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    known = status if f"error-{status}" in looks.words() else 400
    page = looks.page(request, "error.html", status, why=f"error-{known}", here=_here)
    page.headers.update(error.headers or {})
    return page


def _failed(request: Request, error: Exception) -> Response:
    return looks.page(request, "error.html", 500, why="error-500", here=_here)


def _gone(request: Request, error: Exception) -> Response:
    """For nobody: who asked hung up before the question was whole, which is no fault to log."""
    return Response(status_code=400)


def _here(**changes: str) -> str:
    """The error page in other looks, without what the address asked."""
    return f"?{urlencode(changes)}"
