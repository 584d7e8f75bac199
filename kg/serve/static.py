"""Styles and scripts: a fixed set, read once, so that no path of a request ever reaches the disk."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
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


@dataclass(frozen=True)
class Asset:
    """A file as sent, and the mark that changes with it."""

    content: bytes
    type: str
    mark: str

    @cached_property
    def packed(self) -> bytes:
        """The content in gzip."""
        return gzip.compress(self.content, mtime=0)


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
    small = _takes_gzip(request)
    headers = {"ETag": f'"{found.mark}"', "Vary": "Accept-Encoding", **fresh}
    headers |= {"Content-Encoding": "gzip"} if small else {}
    return Response(found.packed if small else found.content, media_type=found.type, headers=headers)


def packed(request: Request, content: bytes, kind: str, headers: Mapping[str, str]) -> Response:
    """An answer in gzip where the client takes that. Not for pages that hold a secret."""
    if not _takes_gzip(request):
        return Response(content, media_type=kind, headers=headers)
    small = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", **headers}
    return Response(gzip.compress(content, 5), media_type=kind, headers=small)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


routes = (Route("/static/{name}", _asset),)
