"""Profiles of any number of pages, in any order, folded into one Identity."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain

from kg import rules
from kg.graph.links import Link
from kg.identity import pairs
from kg.identity.clusters import Clusters, Edge, Facets
from kg.identity.forms import form
from kg.identity.judging import Judged, Verdict
from kg.identity.namesakes import Namesakes
from kg.identity.placing import Changes
from kg.identity.records import Identity, Known, Profile
from kg.identity.things import Thing, known_names


def resolve(profiles: Iterable[Profile], verdicts: Iterable[Verdict] = ()) -> Identity:
    """Which keys stand for one thing: the same whatever the order and grouping of profiles and verdicts.

    Verdicts that contradict each other come back as problems; of such, `Different` holds.
    """
    judged, changes, namesakes = Judged.of(verdicts), Changes(), Namesakes()
    things: dict[str, Thing] = {}
    for profile in profiles:
        changes.add(profile)
        if not namesakes.add(profile):
            things.setdefault(profile.key, Thing(profile.key)).add(profile)
    clusters = Clusters(apart=judged.apart)
    _take(clusters, things, namesakes.places())
    accept = round(1 - rules.table("identity")["score"]["accept"], 3)
    clusters.join(chain(judged.edges(things), pairs.equal(things), pairs.renamed(things)))
    clusters.join(pairs.routes(things, clusters.root))
    for wide in (False, True, True):  # what a short name stands for is plain once two others are one
        weaker = chain(pairs.called(things, clusters.root), pairs.shortened(things, clusters.root, wide))
        clusters.join([edge for edge in weaker if edge.loss <= accept])
    _take(clusters, things, namesakes.persons(clusters.root))
    clusters.join(judged.edges(things))
    known = dict(_known(clusters, things, judged, set(namesakes.apart.values())))
    links = (*changes.links(things), *namesakes.links(), *_links(clusters, things, known))
    problems = judged.problems(clusters, things)
    return Identity(tuple(sorted(set(links))), problems, known | namesakes.coded, namesakes.apart)


def _take(clusters: Clusters, things: dict[str, Thing], parted: Iterable[tuple[str, Thing]]) -> None:
    """Add what namesakes stand for, and make all things known to the clusters."""
    for node, thing in parted:
        things.setdefault(node, Thing(node)).join(thing)
    for key, thing in things.items():
        if key not in clusters.facets:
            clusters.facets[key] = _facets(thing)


def _facets(thing: Thing) -> Facets:
    kind = thing.key.partition(":")[0]
    if thing.type not in pairs.COMPARED:
        return Facets(kind, min(thing.codes, default=""))
    reading = form(thing.type, thing.name)
    legal = reading.legal if reading.legal in pairs.LEGAL else ""
    return Facets(kind, min(thing.codes, default=""), legal, reading.places)


def _known(
    clusters: Clusters, things: Mapping[str, Thing], judged: Judged, parted: Set[str]
) -> Iterator[tuple[str, Known]]:
    """The canonical thing of every key that pages do not give one name, one type and one key alike."""
    before = {key for edge in clusters.accepted for key in edge.before}
    for root in {clusters.root(key) for key in things}:
        members = clusters.members(root)
        best = max((things[key] for key in members), key=lambda t: _rank(t, before, judged))
        aliases = tuple(sorted({form for key in members for form in judged.forms.get(key, ())}))
        known = Known(best.key, best.type, best.name, min(best.codes, default=None), aliases)
        for key in members:
            thing = things[key]
            if len(members) > 1 or len(thing.names) > 1 or len(thing.types) > 1 or aliases or key in parted:
                yield key, known


def _rank(thing: Thing, before: set[str], judged: Judged) -> tuple[object, ...]:
    """How fit a key is to be the canonical one: judged, coded, known, not a former name, fullest, first."""
    reading = form(thing.type, thing.name) if thing.type == "Enterprise" else None
    legal = bool(reading and reading.legal in pairs.LEGAL)
    known = thing.key.partition(":")[2] in known_names()
    codes = tuple(-ord(c) for c in thing.key)  # the smallest key wins
    return (thing.key in judged.forms, bool(thing.codes), thing.key not in before, known, legal,
            len(thing.name), codes)  # fmt: skip


def _links(clusters: Clusters, things: Mapping[str, Thing], known: Mapping[str, Known]) -> Iterator[Link]:
    """Why each key that was merged away is what it is now: the reasons on the way to the canonical key."""
    near: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in clusters.accepted:
        near[edge.a].append(edge)
        near[edge.b].append(edge)
    for start in sorted(key for key in near if known[key].key == key):
        queue: deque[tuple[str, tuple[Edge, ...]]] = deque([(start, ())])
        while queue:
            key, way = queue.popleft()
            for edge in sorted(near[key]):
                other = edge.b if edge.a == key else edge.a
                if edge not in way:
                    path = (edge, *way)
                    queue.append((other, path))
                    yield _link(other, start, path)


def _link(key: str, canonical: str, path: tuple[Edge, ...]) -> Link:
    score = 1.0
    for edge in path:
        score *= 1 - edge.loss
    reason = "; ".join(edge.reason for edge in path)
    return Link(key, canonical, round(score, 3), reason, "+".join(dict.fromkeys(e.by for e in path)))
