"""Sources that disagree: on a figure, on who holds a post, on whether a fact is one; and targets missed.

Later figures of the same paper are revisions, and reprints count as one witness.
"""

from __future__ import annotations

from kg.conflicts import denied, figures, outcomes, posts
from kg.conflicts.sides import Conflict, Side, Voices
from kg.conflicts.trust import SHOWN
from kg.store import Store
from kg.store.rows import within

__all__ = ["SHOWN", "Conflict", "Side", "Voices", "find", "within"]


def find(store: Store, about: str | None = None, least: float = SHOWN) -> list[Conflict]:
    """Disagreements on the thing with the IRI `about` and on what lies in it, or all; the surest first.

    `least` is the confidence below which they are left out. Revisions stand behind the rest.
    """
    things = None if about is None else within(store, about)
    found = [
        *figures.disagreeing(store, things),
        *posts.contested(store, things),
        *denied.contradicted(store, things),
        *outcomes.missed(store, about),
    ]
    return sorted((conflict for conflict in found if conflict.confidence >= least), key=_rank)


def _rank(c: Conflict) -> tuple[object, ...]:
    """Those that more witnesses stand for on either side first."""
    backed = min(side.witnesses for side in c.sides)
    return c.revision, -backed, -c.confidence, c.about, c.what, c.last, c.kind
