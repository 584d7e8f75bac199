"""Judging from where a thing is seen: each judgement is a line of the file that `kg judge` writes too.

Only `kg serve --edit` has these pages, and only who holds its token sees them: see `kg.serve.safety`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from secrets import token_urlsafe
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kg import known, targets, verdicts
from kg.harmless import one_line
from kg.iris import key
from kg.known import Reason, UnknownName
from kg.search import named
from kg.serve import looks
from kg.serve.safety import admitted, same_origin
from kg.serve.site import Site, site
from kg.shelf import open_shelf
from kg.store.statements import Statement
from kg.targets import Target
from kg.verdicts import Judgement, VerdictError
from kg.verdicts.mending import CLASSES
from kg.verdicts.records import OF_FACTS, OF_FIGURES

_STATED = ("fact", "observation")
_FORM = 50_000  # bytes
_WRITING = Lock()


@dataclass(frozen=True, slots=True)
class Judging:
    """Where judgements are written, by whom, and the token that lets a browser do so."""

    file: Path
    who: str
    token: str = field(default_factory=lambda: token_urlsafe(24))


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be judged: a statement, or a thing with the links that made other names its names."""

    iri: str
    told: str
    statement: Target | None = None
    links: Sequence[Reason] = ()

    @property
    def parts(self) -> Sequence[str]:
        """What can be mended in it."""
        if self.statement is None:
            return ()
        return OF_FACTS if isinstance(self.statement, Statement) else OF_FIGURES


def judged(here: Site, iri: str) -> Judged:
    """What an IRI names. Raises VerdictError or UnknownName where it is nothing that can be judged."""
    if key(iri).partition(":")[0] in _STATED:
        target = targets.statement(here.store, [iri])
        return Judged(iri, targets.told(here.store, target), target)
    hit = named(here.index, [iri]).get(iri)
    if hit is None or hit.type == "Metric":
        raise UnknownName("the graph knows no such thing")
    return Judged(iri, hit.name, links=known.reasons(here.store, iri))


def judgements(here: Site, of: Judged, like: Judgement, other: str) -> list[Judgement]:
    """The lines that a judgement such as `like` makes. Raises VerdictError or UnknownName."""
    if of.statement is not None:
        return targets.judgements(here.store, open_shelf(here.folder), of.statement, like)
    if like.verdict == "type":
        return [replace(like, subject=form) for form in targets.forms(here.store, key(of.iri))]
    if like.verdict not in ("same", "different"):
        raise VerdictError("a thing is of a type, the same as another, or different from it")
    tied = next((link for link in of.links if other in (link.key, link.stands_for)), None)
    one, two = (tied.key, tied.stands_for) if tied else targets.two(here.store, key(of.iri), other)
    return [replace(like, value="", subject=one, object=two)]


def _guarded(request: Request) -> Judging:
    """Who may judge. Raises HTTPException for everybody else, and for what another site sends."""
    state: Judging = request.app.state.judging
    if not admitted(request) or (request.method == "POST" and not same_origin(request)):
        raise HTTPException(403)
    return state


async def _given(request: Request) -> Mapping[str, str]:
    """The fields of a form that is not too long."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _FORM:
        raise HTTPException(400)
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _seen(request: Request) -> Response:
    """What can be said of a fact, a figure or a thing."""
    _guarded(request)
    return _form(request, request.query_params.get("of", ""), {})


def _form(request: Request, iri: str, given: Mapping[str, str], wrong: str = "") -> Response:
    here = site(request)
    try:
        of = judged(here, iri)
    except (VerdictError, UnknownName) as error:
        raise HTTPException(404) from error
    hit = named(here.index, [iri]).get(iri)
    kinds = [kind for kind in CLASSES if hit and kind != hit.type]
    filled = dict.fromkeys(("verdict", "value", "other"), "") | dict(given)
    status = 400 if wrong else 200
    return looks.page(request, "judge.html", status, of=of, kinds=kinds, given=filled, wrong=wrong)


async def _judge(request: Request) -> Response:
    judging = _guarded(request)
    return await run_in_threadpool(_judge_by, request, judging, await _given(request))


def _judge_by(request: Request, judging: Judging, given: Mapping[str, str]) -> Response:
    """Writes the lines, or says why not."""
    verdict, value, why = (one_line(given.get(name, "")) for name in ("verdict", "value", "why"))
    like = Judgement(verdict, "", value=value, who=judging.who, when=date.today().isoformat(), why=why)
    here, iri = site(request), given.get("of", "")
    try:
        lines = judgements(here, judged(here, iri), like, given.get("other", "").strip())
        with _WRITING:
            written = verdicts.append(judging.file, lines)
    except (VerdictError, UnknownName) as error:
        return _form(request, iri, given, str(error))
    return RedirectResponse(f"/judgements?new={written[0].line}-{written[-1].line}", 303)


def _listed(request: Request) -> Response:
    """What is in the file."""
    judging = _guarded(request)
    return _list(request, judging)


def _list(request: Request, judging: Judging, wrong: str = "") -> Response:
    held = verdicts.read(judging.file)
    first, _, last = request.query_params.get("new", "").partition("-")
    fresh = range(int(first), int(last) + 1) if first.isdecimal() and last.isdecimal() else range(0)
    lines = sorted(held.judgements, key=lambda j: j.line)
    return looks.page(
        request,
        "judgements.html",
        400 if wrong else 200,
        file=judging.file.name,
        lines=lines,
        fresh=fresh,
        problems=held.problems,
        wrong=wrong,
    )


async def _undo(request: Request) -> Response:
    judging = _guarded(request)
    return await run_in_threadpool(_undo_by, request, judging, await _given(request))


def _undo_by(request: Request, judging: Judging, given: Mapping[str, str]) -> Response:
    """Takes a line out, if it is still the one that was seen."""
    with _WRITING:
        there = {str(j.line): j.id for j in verdicts.read(judging.file).judgements}
        line = given.get("line", "")
        if line not in there or there[line] != given.get("id"):
            return _list(request, judging, looks.say(looks.language(request), "line-moved"))
        verdicts.remove(judging.file, [line])
    return RedirectResponse("/judgements", 303)


routes = (
    Route("/judge", _seen),
    Route("/judge", _judge, methods=["POST"]),
    Route("/judgements", _listed),
    Route("/judgements", _undo, methods=["POST"]),
)
