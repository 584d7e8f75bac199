"""What every answer of the explorer carries, and what no request gets past."""

from __future__ import annotations

from collections.abc import Collection
from secrets import token_urlsafe

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "::1")

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
