"""Whether a figure is stated, promised or expected: cues with their scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from kg.model import Kind
from kg.rules import table

_WORDS: dict[str, Any] = table("cues")["kind"]
_GOAL, _PLAN, _FORECAST, _MARKET, _DONE, _PSEUDO = (
    re.compile("|".join(_WORDS[name])) for name in ("goal", "plan", "forecast", "market", "done", "pseudo")
)
_SORTS: dict[str, Any] = table("cues")["figure"]
_BUILT, _OUTCOME, _COST, _CAPACITY, _BUILT_NOW = (
    re.compile("|".join(_SORTS[name])) for name in ("built", "outcome", "cost", "capacity", "running_now")
)
_BY_NOW = re.compile("已(?!经?计划)|目前|截至")
_INVESTED = re.compile("(?<!年度)(?:计划)?投资额?$")  # what works cost is stated, built or not
_CLAUSE = re.compile(r"[，。；：,;:]")


def of(text: str, at: int, metric: str, project: bool, goal: bool = False, works: bool = False) -> Kind:
    """The kind of a figure at `at` of a sentence with its names blanked.

    `project`: it speaks of works, `works`: the figure is theirs; `goal`: its paragraph sets goals.
    """
    stretch = _PSEUDO.sub(lambda m: "　" * len(m.group()), text[:at])
    clause = stretch[max((m.end() for m in _CLAUSE.finditer(stretch)), default=0) :]
    aimed = _last(_GOAL, stretch)
    expected = _last(_FORECAST, stretch)
    if (_COST.search(metric) and (project or aimed < 0)) or (works and _INVESTED.search(metric)):
        return "Actual"
    if _BUILT.search(stretch) or ("投产" in clause and project):
        return "Forecast" if _OUTCOME.search(metric) else "Target"
    if expected > aimed:
        return "Forecast"
    if aimed >= 0 and not (_BY_NOW.search(clause) and _last(_GOAL, clause) < 0):
        return "Target"
    if _PLAN.search(clause):
        return "Forecast" if _MARKET.search(metric) or (_OUTCOME.search(metric) and project) else "Target"
    if project and _CAPACITY.search(metric) and not _BUILT_NOW.search(text):
        return "Target"
    return "Target" if goal and not _DONE.search(text) else "Actual"


def sets_goals(text: str) -> bool:
    """Whether a sentence sets goals that the rest of its paragraph goes on with."""
    return bool(_GOAL.search(text))


def ahead(period: tuple[date, date] | None, day: date | None, text: str) -> bool:
    """Whether a period is still to come, or is the end that a sentence looks to: 到2025年, 年底前."""
    if not period or not day:
        return False
    return period[0] > day or (period[1] > day and bool(_UNTIL.search(text)))


_UNTIL = re.compile(r"[到至](?:20\d\d年|[今明]年|年)底?|年?底前|末前")


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with its names blanked out, so that a plan in a name is no plan."""
    for start, end in spans:
        text = f"{text[:start]}{'　' * (end - start)}{text[end:]}"
    return text
