"""Styles and scripts: a fixed set, read once, so that no path of a request ever reaches the disk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.resources import folder
from kg.view import VIS

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as sent, and the mark that changes with it."""

    content: bytes
    type: str
    mark: str


@cache
def assets() -> dict[str, Asset]:
    """The files of the explorer by name, vis-network out of the installed pyvis among them."""
    own = {
        path.name: path.read_bytes() for path in (folder("viz") / "site").iterdir() if path.suffix in _TYPES
    }
    shared = {
        path.name: path.read_bytes() for path in folder("viz").iterdir() if path.suffix in (".css", ".js")
    }
    library = {"vis-network.min.js": (files("pyvis") / VIS).read_bytes()}
    return {
        name: Asset(content, _TYPES[PurePath(name).suffix], sha256(content).hexdigest()[:12])
        for name, content in {**shared, **own, **library}.items()
    }


def address(name: str) -> str:
    """Where a file is, with its mark: a browser may keep it for ever."""
    return f"/static/{name}?v={assets()[name].mark}"


def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    fresh = _FOR_EVER if request.query_params.get("v") == found.mark else {"Cache-Control": "no-cache"}
    return Response(found.content, media_type=found.type, headers={"ETag": f'"{found.mark}"', **fresh})


routes = (Route("/static/{name}", _asset),)
