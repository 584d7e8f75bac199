"""Judgements of people, kept in a plain file and applied on every build: what is one, what is wrong.

`read` gives the judgements of a file that do not contradict each other. Those of identity are for
`kg.identity`; the others are applied by `corrected` to what was read of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model import Problem
from kg.verdicts.applying import Corrected, corrected
from kg.verdicts.files import VerdictError, append, fault, parse, read, remove
from kg.verdicts.records import (
    IDENTITY,
    NONE,
    RULE,
    Alias,
    Different,
    Judgement,
    Same,
    Verdicts,
    mark,
    printed,
)
from kg.verdicts.retyping import typed

__all__ = [
    "IDENTITY",
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
    "parse",
    "printed",
    "read",
    "remove",
    "typed",
]


def idle(verdicts: Verdicts, applied: Iterable[Judgement]) -> Iterator[Problem]:
    """A note for each correction that found nothing on any page."""
    for j in sorted(set(verdicts.judgements) - set(applied), key=lambda j: j.line):
        if j.verdict not in IDENTITY:
            message = f"{j.verdict} of {j.subject} {j.predicate}".rstrip() + " matches nothing any more"
            remedy = f"compare it with the page, or take it back with: kg judge undo {j.line}"
            yield Problem(f"{verdicts.name}:{j.line}", message, remedy, severity="note")
