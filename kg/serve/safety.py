"""What every answer of the explorer carries, and what no request gets past."""

from __future__ import annotations

from collections.abc import Collection
from secrets import compare_digest, token_urlsafe

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "::1")

_COOKIE = "kg-judge"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}
_LONGEST = 16_000  # bytes of a query string: pages repeat it in their links


class Guard:
    """Answers only requests for the hosts named, and sends a policy under which no text from a page can run.

    The nonce that scripts must bear is `request.state.nonce`. Refusing other hosts keeps a site that a reader
    visits from pointing its own name at this server and reading the graph (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app, self.hosts = app, frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (_HEADERS | {"Content-Security-Policy": policy(nonce)}).items():
                    headers[name] = value
            await send(message)

        if _host(Headers(scope=scope).get("host", "")) not in self.hosts:
            answers: ASGIApp = PlainTextResponse("This server does not go by that name.\n", 400)
        elif len(scope["query_string"]) > _LONGEST and scope["path"] != "/sparql":
            answers = PlainTextResponse("This address is too long.\n", 414)
        else:
            answers = self.app
        await answers(scope, receive, guarded)


class Admission:
    """Gives a browser that comes with the token of those who judge a cookie that says so."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Request(scope).query_params.get("token") if scope["type"] == "http" else None
        if given is None:
            await self.app(scope, receive, send)
        elif not compare_digest(given.encode(), self.token.encode()):
            refusal = PlainTextResponse("This is not the token that kg serve printed.\n", 403)
            await refusal(scope, receive, send)
        else:
            answer = RedirectResponse("/", 303)
            answer.set_cookie(_COOKIE, self.token, path="/", samesite="strict", httponly=True)
            await answer(scope, receive, send)


def admitted(request: Request) -> bool:
    """Whether a request comes from who may judge."""
    judging = request.app.state.judging
    held = request.cookies.get(_COOKIE, "").encode()
    return judging is not None and compare_digest(held, judging.token.encode())


def same_origin(request: Request) -> bool:
    """Whether a form was sent by a page of ours. Pages without a referrer send it from `null`."""
    origin, came = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
    own = origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
    return came == "same-origin" and (own or origin in ("", "null")) if came else own


def policy(nonce: str) -> str:
    """The content security policy: our own scripts and styles, no other origin, in nobody's frame."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _host(header: str) -> str:
    """The host of a Host header, without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()
