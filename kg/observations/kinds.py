"""Whether a figure is stated, promised or expected: cues with their scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from kg.model import Kind
from kg.rules import table

_WORDS: dict[str, Any] = table("cues")["kind"]
_GOAL, _PLAN, _COURSE, _FORECAST, _MARKET, _DONE, _PSEUDO, _BIDDING = (
    re.compile("|".join(_WORDS[name]))
    for name in ("goal", "plan", "course", "forecast", "market", "done", "pseudo", "bidding")
)
_SORTS: dict[str, Any] = table("cues")["figure"]
_BUILT, _OUTCOME, _COST, _CAPACITY, _BUILT_NOW = (
    re.compile("|".join(_SORTS[name])) for name in ("built", "outcome", "cost", "capacity", "running_now")
)
_BASE = re.compile(r"[由从](?:[^，。由从]{0,8}的)?$")  # 从去年的47亿元 增长到 58亿元
_AIM_BEHIND = re.compile("的(?:[^，。]{0,4})?(?:目标|要求|任务|计划)")
_DONE_BEHIND = re.compile("已(?!经?计划)")
_THRESHOLD = re.compile("(?:不[低高少多]于|不超过|最[高多]|至少)[^，。]{0,2}$")
_GRANTED = re.compile("予以|给予|奖励|补[贴助]|资助|支持|的")
_STARTED = re.compile("开建|奠基|开工建设|动工|投资建设|拟建")
_REACHED = ("到了", "至了", "达到了", "突破了", "超过了", "实现了", "完成了")
_OPENED = re.compile(  # works that run now
    r"(?:[今昨][天日]|日前|近日|\d日[）)]?)[^，。]*(?:建成|达产|投产|投用|竣工|通车)"
)
_TOLD = re.compile("据统计|同比|截至|累计|去年|上年")  # of what has come out
_BY_NOW = re.compile("已(?!经?计划)|目前|截至")
_INVESTED = re.compile("(?<!年度)(?:计划)?投资额?$")  # what works cost is stated, built or not
_INTENDED = re.compile("拟(?!人|定|合)[^，。；]*$")
_CLAUSE = re.compile(r"[，。；：,;:]")


def of(text: str, at: int, metric: str, project: bool, goal: bool = False, works: bool = False) -> Kind:
    """The kind of a figure at `at` of a sentence with its names blanked.

    `project`: it speaks of works, `works`: the figure is theirs; `goal`: its paragraph sets goals.
    """
    stretch = _PSEUDO.sub(lambda m: "　" * len(m.group()), text[:at])
    clause = stretch[max((m.end() for m in _CLAUSE.finditer(stretch)), default=0) :]
    stop = _CLAUSE.search(text, at)
    rest = text[at : stop.start() if stop else len(text)]
    aimed = _last(_GOAL, stretch)
    expected = _last(_FORECAST, stretch)
    if _BASE.search(clause) or clause.endswith(_REACHED):
        return "Actual"
    if _COST.search(metric) and (project or aimed < 0) and not (aimed >= 0 and "以上" in rest):
        return "Actual"
    if works and _INVESTED.search(metric):
        return "Actual"
    if (_BUILT.search(stretch) or ("投产" in clause and project)) and not _told(stretch):
        return "Forecast" if _OUTCOME.search(metric) else "Target"
    if _AIM_BEHIND.search(rest):
        return "Target"
    if expected > aimed:
        return "Forecast"
    if aimed >= 0 and not (_BY_NOW.search(clause) and _last(_GOAL, clause) < 0):
        return "Target"
    if _planned(stretch, clause) and not _DONE_BEHIND.search(rest):
        market = _MARKET.search(metric) or _MARKET.search(clause)
        return "Forecast" if market or (_OUTCOME.search(metric) and project) else "Target"
    if _THRESHOLD.search(clause) and _GRANTED.search(rest):
        return "Target"
    if _STARTED.search(clause) and _OUTCOME.search(metric):
        return "Forecast"
    if (
        project
        and _CAPACITY.search(metric)
        and not (_BUILT_NOW.search(stretch + rest) or _TOLD.search(stretch))
    ):
        return "Target"
    bidden = goal and (text.endswith(("；", ";")) or _BIDDING.match(text))
    return "Target" if bidden and not (_DONE.search(text) or _TOLD.search(text)) else "Actual"


def _told(stretch: str) -> bool:
    """Whether a stretch tells of what has come out."""
    return bool(_TOLD.search(stretch) or _OPENED.search(stretch))


def _planned(stretch: str, clause: str) -> bool:
    """Whether a plan holds: in its clause, and in those after it until something is said to be done."""
    if _PLAN.search(clause) or _COURSE.search(clause):
        return True
    *_, last = [None, *_COURSE.finditer(stretch)]
    return last is not None and not _DONE.search(stretch, last.end())


def intended(text: str) -> bool:
    """Whether a clause that ends here tells of an intention, whatever day it was told: 拟花费."""
    return bool(_INTENDED.search(text))


def sets_goals(text: str) -> bool:
    """Whether a sentence sets goals that the rest of its paragraph goes on with."""
    return bool(_GOAL.search(text))


def ahead(period: tuple[date, date] | None, day: date | None, text: str) -> bool:
    """Whether a period is still to come, or is the end that a sentence looks to: 到2025年, 年底前."""
    if not period or not day:
        return False
    years = period[1].year - period[0].year  # of a plan, of which nothing is told yet
    planned = years and _TERM.search(text) and not (_DONE.search(text) or _TOLD.search(text))
    return period[0] > day or (period[1] > day and bool(planned or _UNTIL.search(text)))


_TERM = re.compile("期间|时期")
_UNTIL = re.compile(r"(?<![截止])[到至](?:20\d\d年|[今明]年|年)底?|年?底前|末前")


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with its names blanked out, so that a plan in a name is no plan."""
    for start, end in spans:
        text = f"{text[:start]}{'　' * (end - start)}{text[end:]}"
    return text
