"""What was said over time, as tables: where sources disagree, what was promised, how projects fare."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg import conflicts, export, projects, promises
from kg.conflicts import Conflict
from kg.conflicts.sides import Kind
from kg.projects import STAGES, Life
from kg.promises import STATUSES, Promise
from kg.rules import table
from kg.search import Hit, Index, named
from kg.serve import looks
from kg.serve.network import meant
from kg.serve.site import Site, site
from kg.store import Store
from kg.store.statements import Figure

SIZE = 40  # rows on a page
_KEPT, _WAITING, _THREADS = 48, 12, 2
_NAMED = 400  # things named in one question to the index
_STAGES = {name: place for place, name in enumerate(STAGES)}


class Watch:
    """What a store takes seconds to tell: asked by two threads at most, and kept for those who ask again."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "watch")
        self._kept: dict[object, Future[Sequence[Any]]] = {}

    async def told(self, key: object, find: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        """What `find` gives, or gave for this key. Raises HTTPException where too many wait."""
        found = self._kept.pop(key, None)
        if found is None or (found.done() and found.exception()):
            if sum(not other.done() for other in self._kept.values()) >= _WAITING:
                raise HTTPException(503, headers={"Retry-After": "10"})
            found = self._threads.submit(find)
        self._kept[key] = found  # the last asked for comes last
        done = [old for old, other in self._kept.items() if other.done()]
        for old in done[: max(0, len(self._kept) - _KEPT)]:
            del self._kept[old]
        return await asyncio.shield(asyncio.wrap_future(found))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what fills it, by what it is sorted and narrowed, and its lines as CSV, one a quotation."""

    name: str
    find: Callable[[Store, str | None], Sequence[Any]]
    orders: Mapping[str, Callable[[Any], Any]]  # by column; rows for which there is nothing come last
    choices: Mapping[str, tuple[Callable[[Any], str], Sequence[str]]]  # by parameter, with all that it may be
    head: Sequence[str]
    lines: Callable[[Any], Iterator[Iterable[str]]]
    first: Mapping[str, str] = field(default_factory=dict)  # what is chosen where the address says nothing


def ordered(rows: Sequence[Any], key: Callable[[Any], Any], backwards: bool) -> list[Any]:
    """Rows by a key, those that have none behind the rest."""
    keyed = [(key(row), row) for row in rows]
    there = [pair for pair in keyed if pair[0] not in ("", None)]
    there.sort(key=lambda pair: pair[0], reverse=backwards)
    return [row for _, row in there] + [row for value, row in keyed if value in ("", None)]


def narrowed(sheet: Sheet, rows: Sequence[Any], chosen: Mapping[str, str]) -> Sequence[Any]:
    """The rows that have the values chosen."""
    for name, (value, _) in sheet.choices.items():
        if chosen[name]:
            rows = [row for row in rows if value(row) == chosen[name]]
    return rows


def counted(
    sheet: Sheet, rows: Sequence[Any], chosen: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:  # fmt: skip
    """How many rows there would be with each value of each choice, the others staying as they are."""
    found = {}
    for name, (value, every) in sheet.choices.items():
        counts = Counter(map(value, narrowed(sheet, rows, {**chosen, name: ""})))
        found[name] = [(v, counts[v]) for v in every if counts[v] or v == chosen[name]]
    return found


def _route(sheet: Sheet) -> Route:
    async def answer(request: Request) -> Response:
        here, about = await run_in_threadpool(_asked, request)
        key = here.generation.name, sheet.name, about
        watch: Watch = request.app.state.watch
        rows = await watch.told(key, partial(sheet.find, here.store, about or None))
        return await run_in_threadpool(_shown, request, sheet, here, about, rows)

    return Route(f"/{sheet.name}", answer)


def _asked(request: Request) -> tuple[Site, str]:
    """The site, and the thing that is asked about, or nothing."""
    here, name = site(request), request.query_params.get("about", "").strip()
    return here, meant(here.index, name) if name else ""


def _shown(request: Request, sheet: Sheet, here: Site, about: str, rows: Sequence[Any]) -> Response:
    asked = request.query_params
    chosen = {
        name: value if (value := asked.get(name, sheet.first.get(name, ""))) in every else ""
        for name, (_, every) in sheet.choices.items()
    }
    unknown = asked.get("about", "").strip() if not about else ""
    kept = [] if unknown else narrowed(sheet, rows, chosen)
    column = asked.get("sort", "")
    order = sheet.orders.get(column.removeprefix("-"))
    kept = ordered(kept, order, column.startswith("-")) if order else kept
    if asked.get("format") == "csv":
        return _csv(sheet, kept)
    at = looks.number(request, "at")
    shown = kept[at : at + SIZE]
    return looks.page(
        request,
        f"{sheet.name}.html",
        sheet=sheet.name,
        rows=shown,
        hits=_hits(here.index, {about, *_named(shown)}),
        about=about,
        unknown=unknown,
        choices={} if unknown else _choices(looks.language(request), sheet, rows, chosen),
        chosen=chosen,
        first=sheet.first,
        column=column if order else "",
        stages=stages(looks.language(request)),
        total=len(kept),
        at=at,
        size=SIZE,
    )


def _choices(
    tongue: str, sheet: Sheet, rows: Sequence[Any], chosen: Mapping[str, str]
) -> dict[str, list[tuple[str, str, int]]]:
    """The values of each choice, under the names people know, with how many rows there are of each."""
    names = stages(tongue)
    return {
        choice: [(v, names.get(v) or looks.say(tongue, f"{sheet.name}-{v}"), n) for v, n in counts]
        for choice, counts in counted(sheet, rows, chosen).items()
    }


def stages(tongue: str) -> dict[str, str]:
    """The stages of works in a language."""
    return {stage["name"]: stage[tongue] for stage in table("stages")["stage"]}


def _named(rows: Iterable[Any]) -> Iterator[str]:
    """The things of rows."""
    for row in rows:
        yield row.about.iri
        yield from (place.iri for place in getattr(row, "places", ()))


def _hits(index: Index, iris: Iterable[str]) -> dict[str, Hit]:
    wanted, found = sorted(iris), dict[str, Hit]()
    for at in range(0, len(wanted), _NAMED):
        found |= named(index, wanted[at : at + _NAMED])
    return found


def _csv(sheet: Sheet, rows: Iterable[Any]) -> Response:
    content = export.table((*sheet.head, *export.PROOF), chain.from_iterable(map(sheet.lines, rows)))
    named = {"Content-Disposition": f'inline; filename="{sheet.name}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=named)


# --- where sources disagree ---------------------------------------------------------------------------------


def _conflict(c: Conflict) -> Iterator[Iterable[str]]:
    said = c.about.iri, c.about.name, c.what, c.first, c.last, c.kind, _sort(c), f"{c.confidence:g}"
    for side in c.sides:
        yield from ((*said, side.says, str(side.witnesses), *proof) for proof in export.proofs(side.proofs))


def _sort(c: Conflict) -> str:
    return "revised" if c.revision else "disputed"


def _sure(c: Conflict) -> str:
    return "sure" if c.confidence >= conflicts.SHOWN else "unsure"


# --- promises -----------------------------------------------------------------------------------------------


def _promise(p: Promise) -> Iterator[Iterable[str]]:
    said = p.about.iri, p.about.name, p.what, p.due, p.status
    for figure in (p.target, *p.settled):
        yield from ((*said, *_figure(figure), *proof) for proof in export.proofs(figure.proofs))


def _figure(f: Figure) -> tuple[str, ...]:
    return f.kind, f.text, f.value, f.unit, f.change, f.change_unit, f.first, f.last


# --- projects -----------------------------------------------------------------------------------------------


def _life(life: Life) -> Iterator[Iterable[str]]:
    places = "、".join(place.name for place in life.places)
    said = life.about.iri, life.about.name, places, life.stage, life.heard
    for step in life.steps:
        sort = "planned" if step.planned else "reached"
        yield from (
            (*said, step.stage, sort, step.day, "", "", *proof) for proof in export.proofs(step.proofs)
        )
    for f in life.budget:
        yield from ((*said, "", f.metric, "", f.text, f.value, *proof) for proof in export.proofs(f.proofs))


def _latest(life: Life) -> float | None:
    return float(life.budget[-1].value) if life.budget else None


_THING = ("about", "aboutName")
CONFLICTS = Sheet(
    "conflicts",
    partial(conflicts.find, least=0.0),
    {
        "about": lambda c: c.about.name,
        "what": lambda c: c.what,
        "period": lambda c: c.last,
        "confidence": lambda c: c.confidence,
    },
    {
        "status": (_sort, ("disputed", "revised")),
        "kind": (lambda c: c.kind, get_args(Kind)),
        "sure": (_sure, ("sure", "unsure")),
    },
    (*_THING, "what", "periodStart", "periodEnd", "kind", "status", "confidence", "says", "witnesses"),
    _conflict,
    {"sure": "sure"},
)  # fmt: skip
PROMISES = Sheet(
    "promises",
    promises.find,
    {
        "about": lambda p: p.about.name,
        "what": lambda p: p.what,
        "due": lambda p: p.due,
        "status": lambda p: STATUSES.index(p.status),
    },
    {"status": (lambda p: p.status, STATUSES)},
    (*_THING, "metric", "due", "status",
     "kind", "printed", "value", "unit", "change", "changeUnit", "periodStart", "periodEnd"),
    _promise,
)  # fmt: skip
PROJECTS = Sheet(
    "projects",
    projects.find,
    {
        "about": lambda life: life.about.name,
        "status": lambda life: _STAGES.get(life.stage),
        "heard": lambda life: life.heard,
        "silence": lambda life: life.silence,
        "budget": _latest,
    },
    {"status": (lambda life: life.stage or "none", (*STAGES, "none"))},
    (*_THING, "places", "stage", "lastHeard", "step", "sort", "day", "printed", "value"),
    _life,
)
SHEETS = (CONFLICTS, PROMISES, PROJECTS)
routes = tuple(map(_route, SHEETS))
