"""One page in, all that it says out: the stages of reading in two visible functions.

They see one page and keep no state, so pages can be read in any order and in parallel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from kg import mentions, milestones, observations, pages, relations, resolve, rules, script, slips
from kg.model import Document, Entity, Evidence, Extraction, Fact, Mention, Observation, Page, Problem
from kg.relations import denials

# Common nouns: kept only where a fact or a figure uses them, or the page comes back to them so often.
ONLY_IF_USED = {"Product": 4, "Group": 3}
SURE = 0.85  # of a place's name, where nothing is said of it
# Parts of the world, named in passing as a rule.
VAST = frozenset(rules.table("names")["vast"]["places"].split())


def read_page(page: Page) -> Extraction:
    """All entities, facts and figures of a page, each with its proof, and the problems met on the way."""
    read, problems = document(page)
    facts = relations.find(read)
    figures, unread = observations.find(read)
    denied = tuple(denials.find(read))
    entities = _used(read, (*facts, *denied), figures)
    stages = tuple(milestones.find(read))
    said = tuple(facts), tuple(figures), (*problems, *unread), stages, denied
    return Extraction(page, read.issue, read.articles, entities, *said)


def document(page: Page) -> tuple[Document, list[Problem]]:
    """The page cut and repaired, its names found and resolved: what relations and observations read."""
    traditional = script.is_traditional(page.text)
    legible = replace(page, text=script.simplified(page.text)) if traditional else page
    issue, articles, sentences, problems = pages.layout(legible)
    sentences, slipped = slips.mend(page, sentences, issue.home)
    homes = {a.number: a.home or issue.home for a in articles}
    names = mentions.find(sentences, [homes[s.article] for s in sentences])
    entities, keyed = resolve.entities(sentences, names.mentions, names.nested, page)
    known = {e.code: e for e in entities if e.code}
    for code in filter(None, (issue.home, *homes.values())):  # what figures may fall back on
        known.setdefault(code, resolve.place(code))
    every = tuple(dict.fromkeys((*entities, *known.values())))
    home = known.get(issue.home) if issue.home else None
    return Document(page, issue, articles, sentences, keyed, every, home), [*problems, *slipped]


def _used(read: Document, facts: Sequence[Fact], figures: Sequence[Observation]) -> tuple[Entity, ...]:
    """The entities that count: common nouns only where something is said of them, with the places it adds."""
    known = {e.key: e for e in read.entities}
    articles: dict[str, set[int]] = {}
    for keys, proofs in _statements(facts, figures):
        for key in keys:
            articles.setdefault(key, set()).update(proof.article for proof in proofs)
            if key not in known:
                known[key] = resolve.place(key.removeprefix("place:"))
    named: dict[str, list[Mention]] = defaultdict(list)
    for m in chain.from_iterable(read.mentions):
        named[m.entity].append(m)
    kept = (e for e in known.values() if e.key in articles or (e.articles and _counts(e, named[e.key])))
    return tuple(replace(e, articles=tuple(sorted({*e.articles, *articles.get(e.key, ())}))) for e in kept)


def _counts(entity: Entity, named: Sequence[Mention]) -> bool:
    """Whether a thing that nothing is said of is worth a place of its own, by the names that it has."""
    if len(named) < ONLY_IF_USED.get(entity.type, entity.type == "City"):  # a city may be but inside a name
        return False
    return entity.type != "Place" or (entity.name not in VAST and any(m.certainty >= SURE for m in named))


def _statements(
    facts: Iterable[Fact], figures: Iterable[Observation]
) -> Iterable[tuple[tuple[str, ...], tuple[Evidence, ...]]]:
    yield from (((f.subject, f.object), f.evidence) for f in facts)
    yield from (((o.subject,), o.evidence) for o in figures)
