"""Judgements of people, kept in a plain file and applied on every build: what is one, what is wrong.

`read` gives the judgements of a file that do not contradict each other. Those of identity are for
`kg.identity`; the others are applied by `corrected` to what was read of a page.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from kg.model import Problem
from kg.verdicts.applying import Corrected, corrected
from kg.verdicts.files import VerdictError, append, fault, parse, read, remove
from kg.verdicts.records import NONE, RULE, Alias, Different, Judgement, Same, Verdicts, mark, printed
from kg.verdicts.retyping import typed

__all__ = [
    "NONE",
    "RULE",
    "Alias",
    "Corrected",
    "Different",
    "Judgement",
    "Same",
    "VerdictError",
    "Verdicts",
    "append",
    "corrected",
    "fault",
    "idle",
    "mark",
    "met",
    "parse",
    "printed",
    "read",
    "remove",
    "typed",
]


def met(verdicts: Verdicts, keys: Container[str]) -> frozenset[Judgement]:
    """The judgements on which names are of one thing whose things are all there, by their keys."""
    named = ((v.by, (v.key,) if isinstance(v, Alias) else (v.a, v.b)) for v in verdicts.identity)
    return frozenset(by for by, things in named if all(key in keys for key in things))


def idle(verdicts: Verdicts, applied: Iterable[Judgement]) -> Iterator[Problem]:
    """A note for each judgement that found nothing on any page."""
    for j in sorted(set(verdicts.judgements) - set(applied), key=lambda j: j.line):
        said = " ".join(filter(None, (j.verdict, j.subject, j.predicate, j.object)))
        remedy = f"compare it with the pages, or take it back with: kg judge undo {j.line}"
        yield Problem(
            f"{verdicts.name}:{j.line}", f"{said} matches nothing any more", remedy, severity="note"
        )
