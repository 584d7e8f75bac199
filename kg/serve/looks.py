"""How pages are written: templates that escape by themselves, in the reader's language and colours."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kg import view
from kg.iris import ID, iri, key
from kg.resources import folder
from kg.search import Hit, Index, named
from kg.serve import static, telling
from kg.serve.safety import admitted
from kg.store.statements import Thing

LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")
PAGES = (
    ("/network", "network"),
    ("/compare", "compare"),
    ("/conflicts", "conflicts"),
    ("/promises", "promises"),
    ("/projects", "projects"),
    ("/sparql", "sparql"),
)  # in the bar of every page: address, entry of words.toml
_YEAR = 365 * 24 * 3600
# A page is for one reader: its language and colours are a choice, its nonce is used once.
_KEPT = {"Vary": "Accept, Accept-Language, Cookie", "Cache-Control": "private, no-cache"}


def page(request: Request, template: str, status: int = 200, **content: object) -> HTMLResponse:
    """The page of a template. What the address says of language and theme is kept for the next pages."""
    html = _templates().get_template(template).render({**_looks(request), **content})
    answer = HTMLResponse(html, status, headers=_KEPT)
    for name, known in (("lang", LANGUAGES), ("theme", ("auto", *THEMES))):
        asked = request.query_params.get(name)
        if asked and asked in known:
            answer.set_cookie(name, asked, max_age=_YEAR, samesite="lax", httponly=True)
    return answer


def language(request: Request) -> str:
    """The language of the reader: as the address says, as said before, or as the browser asks."""
    for asked in (request.query_params.get("lang"), request.cookies.get("lang")):
        if asked in LANGUAGES:
            return asked
    wishes = request.headers.get("accept-language", "").lower().split(",")
    return next((wish.strip()[:2] for wish in wishes if wish.strip()[:2] in LANGUAGES), "zh")


def say(tongue: str, key: str, **values: object) -> str:
    """What the page itself says: an entry of words.toml, its {places} filled."""
    return words()[key][tongue].format(**values)


@cache
def words() -> dict[str, dict[str, str]]:
    """The texts of the pages by key and language."""
    found: dict[str, dict[str, str]] = tomllib.loads(
        (folder("viz") / "site" / "words.toml").read_text("utf-8")
    )
    return found


def name_of(tongue: str, thing: Thing | Hit) -> str:
    """The name of a thing. Those without an English name are told in Latin letters where that can be read."""
    if tongue == "zh":
        return thing.name
    latin = view.classes().get(thing.type, {}).get("latin") and thing.latin
    return thing.english or latin or thing.name


def label(tongue: str, term: str) -> str:
    """The name of a class or relation of the ontology."""
    return view.labels().get(term, {}).get(tongue, term)


def places(index: Index, codes: Iterable[str]) -> dict[str, Hit]:
    """The divisions of these codes."""
    wanted = {iri(f"place:{code}"): code for code in codes if code}
    return {wanted[this]: hit for this, hit in named(index, wanted).items()}


def href(address: str) -> str:
    """The address on this site of anything that the graph names; what stands elsewhere stays there."""
    return f"/id/{address.removeprefix(ID)}" if address.startswith(ID) else address


def local(term: object) -> bool:
    """Whether a term of the graph has a page here."""
    return isinstance(term, ox.NamedNode) and term.value.startswith(ID)


def look(kind: str) -> Mapping[str, str]:
    """Outline and colour of the mark of a class."""
    return view.classes().get(kind) or view.plain()


def number(request: Request, name: str) -> int:
    """A number of the address from nought on; nought where there is none."""
    said = request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else 0


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder("viz") / "site"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "href": href,
        "asset": static.address,
        "look": look,
        "flowing": telling.flowing,
        "printed": telling.printed,
        "key": key,
        "local": local,
        "marks": {**view.classes(), "": view.plain()},
    }
    return environment


def _looks(request: Request) -> Mapping[str, Any]:
    tongue = language(request)
    judging = admitted(request)
    theme = request.query_params.get("theme") or request.cookies.get("theme")
    return {
        "request": request,
        "lang": tongue,
        "theme": theme if theme in THEMES else "",
        "nonce": request.state.nonce,
        "pages": (*PAGES, ("/judgements", "judgements")) if judging else PAGES,
        "judging": judging,
        "t": lambda key, **values: say(tongue, key, **values),
        "label": lambda term: label(tongue, term),
        "name": lambda thing: name_of(tongue, thing),
        "period": lambda figure: telling.period(tongue, figure.first, figure.last),
        "value": lambda figure: telling.value(tongue, figure),
        "change": lambda figure: telling.change(tongue, figure),
        "here": lambda **changes: _here(request, changes),
    }


def _here(request: Request, changes: Mapping[str, object]) -> str:
    """This page with other parameters; one that is None goes away. It repeats no path."""

    def parameters() -> Iterator[tuple[str, str]]:
        yield from ((k, v) for k, v in request.query_params.multi_items() if k not in changes)
        yield from ((k, str(v)) for k, v in changes.items() if v is not None)

    return f"?{urlencode([*parameters()])}"
