"""What is told of a thing in order of time: dated figures, and the stages of its projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.answers import Named
from kg.projects import Life, Step
from kg.search import Hit, Index, named, saying
from kg.serve import looks, watching
from kg.serve.network import meant
from kg.serve.site import Site, site
from kg.store.statements import Figure

SIZE = 100  # events on a page
_MOST = 2000  # figures, the latest


@dataclass(frozen=True, slots=True)
class Event:
    """A figure on the last day of its time, or a stage of a project on its day; `order` is that within it."""

    day: str
    order: tuple[str, str, str]
    figure: Figure | None = None
    project: Named | None = None
    step: Step | None = None

    @property
    def year(self) -> str:
        """Where it stands."""
        return self.day[:4]


def events(index: Index, about: str, lives: Sequence[Life]) -> list[Event]:
    """The figures of a thing and the stages of projects, by day, without those that have none."""
    where = "f.about = (SELECT id FROM thing WHERE iri = ?) AND f.last <> '' ORDER BY f.id LIMIT ?"
    told = [
        Event(f.last, (f.first, f.metric, f.iri), figure=f)
        for f in saying.figures(index, where, (about, _MOST))
    ]
    told += [
        Event(step.day, ("", life.about.name, step.stage), project=life.about, step=step)
        for life in lives
        for step in life.steps
    ]
    return sorted((event for event in told if event.day), key=lambda event: (event.day, event.order))


async def _timeline(request: Request) -> Response:
    here, about = await run_in_threadpool(_asked, request)
    watch: watching.Watch = request.app.state.watch
    sheet = watching.PROJECTS
    key = here.generation.name, sheet.name, about
    lives = await watch.told(key, partial(sheet.find, here.store, about))
    return await run_in_threadpool(_shown, request, here, about, lives)


def _asked(request: Request) -> tuple[Site, str]:
    here = site(request)
    about = meant(here.index, request.query_params.get("about", "").strip())
    if not about:
        raise HTTPException(404)
    return here, about


def _shown(request: Request, here: Site, about: str, lives: Sequence[Life]) -> Response:
    every, year = events(here.index, about, lives), request.query_params.get("year", "")
    years = Counter(event.year for event in every)
    kept = [event for event in every if year not in years or event.year == year]
    at = looks.number(request, "at")
    shown = kept[at : at + SIZE]
    return looks.page(
        request,
        "timeline.html",
        hit=named(here.index, [about])[about],
        years=sorted(years.items()),
        year=year if year in years else "",
        events=[(year, list(lot)) for year, lot in groupby(shown, lambda event: event.year)],
        hits=_hits(here.index, shown),
        stages=watching.stages(looks.language(request)),
        total=len(kept),
        at=at,
        size=SIZE,
    )


def _hits(index: Index, shown: Sequence[Event]) -> dict[str, Hit]:
    def projects() -> Iterator[str]:
        yield from (event.project.iri for event in shown if event.project)

    return named(index, projects())


routes = (Route("/timeline", _timeline),)
