"""The page of a thing under its stable IRI: all that is known of it, each line with its proof."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kg import lookup
from kg.iris import ENTITIES, OTHERS, iri, node
from kg.search import Kind, named
from kg.serve import about, forms, looks
from kg.serve.site import Site, site

_KINDS = (*ENTITIES, "metric")


def _thing(request: Request) -> Response:
    here, this = site(request), _iri(request)
    thing = request.path_params["kind"] in _KINDS
    if not _known(request):
        raise HTTPException(404)
    if thing and (new := _successor(here, this)):
        return RedirectResponse(looks.href(new), 301)
    if (form := forms.wanted(request)) != "html" and (thing or form in forms.RDF):
        return forms.answer(here, this, form, request.query_params.get("part", ""))
    if not thing:
        return _plain(request)
    if relation := request.query_params.get("relation"):
        return _facts(request, relation)
    if request.query_params.get("list") == "figures":
        return _figures(request)
    found = about.about(here.index, this)
    if found is None:
        raise HTTPException(404)
    return looks.page(request, "thing.html", about=found, asked=about.questions(this))


def _successor(here: Site, this: str) -> str:
    """What took the place of a thing that turned out to be another, if it did."""
    if named(here.index, [this]):
        return ""
    return next((found.iri for found in lookup.find(here.store, this) if found.iri != this), "")


def _facts(request: Request, relation: str) -> Response:
    """The facts of one kind, so many a page."""
    here, this = site(request), _iri(request)
    kind = Kind(relation, request.query_params.get("inverse") == "1", 0)
    at = looks.number(request, "at")
    hit = named(here.index, [this]).get(this)
    (group,) = about.groups(here.index, this, [(kind, at, about.MORE + 1)])
    if hit is None or not group.links:
        raise HTTPException(404)
    return looks.page(request, "facts.html", hit=hit, group=group, size=about.MORE)


def _figures(request: Request) -> Response:
    """The figures of a thing, or those of one metric of it, so many a page."""
    here, this = site(request), _iri(request)
    at, metric = looks.number(request, "at"), request.query_params.get("metric", "")
    hit = named(here.index, [this]).get(this)
    found = about.figures(here.index, this, metric, at, about.MORE + 1)
    if hit is None or not found:
        raise HTTPException(404)
    owners = about.owners(here.index, found) if hit.type == "Metric" else None
    return looks.page(
        request, "figures.html", hit=hit, figures=found, owners=owners, at=at, size=about.MORE, metric=metric
    )


def _plain(request: Request) -> Response:
    """A page for what has no page of its own: its statements as they are."""
    triples = forms.described(site(request), _iri(request))
    return looks.page(request, "plain.html", iri=_iri(request), triples=triples)


def _iri(request: Request) -> str:
    return iri(f"{request.path_params['kind']}:{request.path_params['local']}")


def _known(request: Request) -> bool:
    kind, local = request.path_params["kind"], request.path_params["local"]
    question = "ASK { VALUES ?x { UNDEF } ?x ?p ?o }"
    return kind in (*ENTITIES, *OTHERS) and site(request).store.ask(
        question, {"x": [node(f"{kind}:{local}")]}
    )


routes = (Route("/id/{kind}/{local:path}", _thing),)
