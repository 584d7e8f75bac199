"""The page of a thing under its stable IRI: all that is known of it, each line with its proof."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg import known
from kg.iris import iri
from kg.serve import looks
from kg.serve.site import site


def _thing(request: Request) -> Response:
    this = iri(f"{request.path_params['kind']}:{request.path_params['local']}")
    try:
        found = known.show(site(request).store, this)
    except known.UnknownName as error:
        raise HTTPException(404) from error
    return looks.page(request, "thing.html", known=found)


routes = (Route("/id/{kind}/{local:path}", _thing),)
