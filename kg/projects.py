"""The life of projects: stages reached and promised, what they cost from article to article, silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kg import lookup
from kg.answers import Named
from kg.conflicts.sides import when
from kg.promises import today
from kg.rules import table
from kg.store import Store, statements
from kg.store.rows import batched, texts, within
from kg.store.statements import Figure, Milestone, Proof

STAGES: dict[str, str] = {stage["name"]: stage["zh"] for stage in table("stages")["stage"]}
_ORDER = {name: place for place, name in enumerate(STAGES)}
_DAY = len("2025-08-02")


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that a project reached, or is to reach. `day` is the end of its time, or when it was told."""

    stage: str
    day: str
    stated: bool  # whether a page dates it; else `day` is the day of the page
    planned: bool
    overdue: bool  # planned for a day that is past, and nobody told that it, or a later stage, was reached
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """What became of a project. `stage` is the last one that it reached, if any is told."""

    about: Named
    places: tuple[Named, ...]
    stage: str
    steps: tuple[Step, ...]  # by day
    budget: tuple[Figure, ...]  # figures of its investment, by the day they were told
    drift: Decimal | None  # by how much the last of them is above the first, in percent
    heard: str  # the last day on which an article named it
    silence: int | None  # days from then to the newest page


def find(store: Store, about: str | None = None, limit: int | None = None) -> list[Life]:
    """Projects with a stage or a budget, the latest first: that of the IRI `about`, those of it, all.

    `limit` is how many are read.
    """
    heard = _heard(store, _named(store, about))
    latest = sorted(heard, key=lambda iri: (heard[iri], iri), reverse=True)[:limit]
    steps: defaultdict[str, list[Milestone]] = defaultdict(list)
    for milestone in statements.milestones(store, latest):
        steps[milestone.project].append(milestone)
    budgets = _budgets(store, latest)
    places = _places(store, latest)
    names = lookup.names(store, {*latest, *(place for row in places.values() for place in row)})
    now = today(store)

    def name(iri: str) -> Named:
        return Named(names.get(iri, iri), iri)

    return [
        _life(name(iri), tuple(map(name, sorted(places[iri]))), steps[iri], budgets[iri], heard[iri], now)
        for iri in latest
    ]


_ALL = """SELECT DISTINCT ?project {
    { ?milestone fz:milestoneOf ?project }
    UNION { ?project a fz:Project . ?figure fz:about ?project ; fz:metric/rdfs:label ?metric
      FILTER(CONTAINS(?metric, "投资")) } }"""
_OF = """SELECT DISTINCT ?project { VALUES ?thing { UNDEF } ?project a fz:Project
    { ?thing fz:undertakes ?project } UNION { ?project fz:partOf ?thing } }"""
_HEARD = """SELECT ?project (MAX(STR(?day)) AS ?last) { VALUES ?project { UNDEF }
    ?project fz:mentionedIn ?article OPTIONAL { ?article fz:published ?day } } GROUP BY ?project"""
_BUDGET = """SELECT DISTINCT ?figure { VALUES ?project { UNDEF } ?figure fz:about ?project ; fz:value ?value ;
    fz:unit/skos:notation "元" ; fz:metric/rdfs:label ?metric FILTER(CONTAINS(?metric, "投资")) }"""
_PLACED = "SELECT DISTINCT ?project ?place { VALUES ?project { UNDEF } ?project fz:locatedIn ?place }"


def _named(store: Store, about: str | None) -> set[str]:
    every = {project for (project,) in texts(store, _ALL)}
    if about is None:
        return every
    near = within(store, about)
    return every & {*near, *(project for (project,) in batched(store, _OF, "thing", near))}


def _heard(store: Store, projects: Iterable[str]) -> dict[str, str]:
    heard = dict.fromkeys(projects, "")
    for project, day in batched(store, _HEARD, "project", heard):
        heard[project] = day
    return heard


def _budgets(store: Store, projects: Sequence[str]) -> defaultdict[str, list[Figure]]:
    wanted = [figure for (figure,) in batched(store, _BUDGET, "project", projects)]
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in statements.observations(store, wanted):
        found[figure.about].append(figure)
    return found


def _places(store: Store, projects: Sequence[str]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for project, place in batched(store, _PLACED, "project", projects):
        found[project].add(place)
    return found


def _life(
    about: Named,
    places: tuple[Named, ...],
    told: Iterable[Milestone],
    budget: Iterable[Figure],
    heard: str,
    now: str,
) -> Life:
    steps = _steps(told, now)
    reached = [step.stage for step in steps if not step.planned]
    costs = tuple(sorted(budget, key=_first_told))
    dated = len(now) == len(heard) == _DAY
    silence = (date.fromisoformat(now) - date.fromisoformat(heard)).days if dated else None
    return Life(about, places, reached[-1] if reached else "", steps, costs, _drift(costs), heard, silence)


def _steps(told: Iterable[Milestone], now: str) -> tuple[Step, ...]:
    """The stages by day, those of one day by their order; what is told twice of one day, once."""
    same: defaultdict[tuple[str, int, bool], list[Milestone]] = defaultdict(list)
    for m in told:
        same[_day(m), _ORDER.get(m.stage, 0), m.kind != "Actual"].append(m)
    farthest = max((order for _, order, planned in same if not planned), default=-1)
    steps = []
    for (day, order, planned), row in sorted(same.items()):
        stated = any(m.last for m in row)
        overdue = planned and stated and day < now and farthest < order
        proofs = tuple(sorted({proof for m in row for proof in m.proofs}, key=when))
        steps.append(Step(row[0].stage, day, stated, planned, overdue, proofs))
    return tuple(steps)


def _day(m: Milestone) -> str:
    """The end of its time; of what has come, no later than it was told."""
    told = min((proof.published for proof in m.proofs), default="")
    if m.kind != "Actual":
        return m.last or told
    return min(filter(None, (m.last, told)), default="")


def _first_told(figure: Figure) -> tuple[object, ...]:
    return *min(map(when, figure.proofs), default=("", "", 0)), figure.iri


def _drift(costs: Sequence[Figure]) -> Decimal | None:
    """From the first to the last figure of the whole investment; there is none between figures of one day."""
    whole = [figure for figure in costs if figure.metric.endswith("总投资") and Decimal(figure.value)]
    if not whole or _first_told(whole[0])[0] == _first_told(whole[-1])[0]:
        return None
    return (Decimal(whole[-1].value) / Decimal(whole[0].value) * 100 - 100).quantize(Decimal("0.1"))
