"""Quantities, periods, changes and ranks of one repaired sentence: small parsers, then refiners.

`find` is the whole of it; the vocabularies are `kg/rules/units.toml` and `cues.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kg.model import Change, Period, Quantity, Rank
from kg.rules import table
from kg.values import periods, quantities
from kg.values.numerals import integer
from kg.values.quantities import UNITS, base, either

__all__ = ["UNITS", "Values", "base", "changes", "find", "ranks"]

Span = tuple[int, int]
_CUES: dict[str, Any] = table("cues")
_SIGN = dict.fromkeys(_CUES["change"]["up"], 1) | dict.fromkeys(_CUES["change"]["down"], -1)
_RANKS: dict[str, Any] = _CUES["rank"]

_ANY_NUMBER = re.compile(r"[\d一二两兩三四五六七八九十百千万半]")
_CLOCK = re.compile(
    r"\d{1,2}(?:时|点|:|：)\d{1,2}分?|(?<=[日午晨晚上])\d{1,2}[时点](?!\d)|\d{1,2}分(?=\d{1,2}秒)"
)
_HOURS, _COMPARES = re.compile("[时点分:：]"), re.compile("[比较]|年均|按年")  # quick looks before the slow
_VERB = re.compile(rf"(?P<verb>{either(_SIGN)})(?:了|达到|达|为|高达|近|约|超过|超|幅度)*$")
_FLAT = re.compile(either(_CUES["change"]["flat"]))
_OF_GROWTH = re.compile(
    r"(?:的(?:[正小大][幅]?|高速|快速)?)?(?P<basis>同比|环比|年均)?"
    r"(?P<verb>负?增长|增速|增幅|降幅|下降|下滑|涨幅|跌幅|(?<=的)(?:增加|减少|上涨|下跌))(?![点率])"
)
_BASIS = re.compile(
    r"""(?P<word>同比|环比|年均|按年)
  | (?:相?比|相?较于?|[与同跟和](?=[^，。；]{1,16}相比))(?!重|例|率|较)(?P<ref>
      “?十?[一二三四五]五”?(?:期间|时期|末)?
    | (?:19|20)\d\d年?(?:\d{1,2}月份?|同期|[上下]半年|[年底末初])*
    | \d{1,2}[—\-至]\d{1,2}月份?
    | \d{1,2}月份?[末底]?
    | [^，。；：、\d]{0,8}?
      (?:年同期|同期|年度?|月份?|季度|周|全[国省市]平均|平均水平|疫情前|之前|此前|市场价)(?:[末底初]|水平|增速)*
    )(?:相比)?""",
    re.VERBOSE,
)
_AGAINST = re.compile(r"(?P<verb>[高低][于出]|[快慢好]于|超[过出]?)(?P<ref>[^，。；、\d于]{2,16}?)$")
_RATES = frozenset({"增长率", "增长速度"})
_OF_A_RATE = re.compile("(?:复合|自然|平均|年均|年度?)$")  # names of quantities: 复合增长率, 人口自然增长率
_BARE_VERBS = frozenset("少多高低快降减升涨增")
_RATIOS = frozenset({"%", "个百分点", "倍", "‰"})
_NUMBER = r"(?:\d+|[一二三四五六七八九十]+)"
_FIELD = f"(?:{'|'.join(_RANKS['fields'])})"
_RANK = re.compile(
    rf"""(?:{either(_RANKS["verbs"])}|(?<![系班陈行序罗])列)[^，。；：\d第前]{{0,12}}?(?:
        第(?P<placed>{_NUMBER})(?:[位名大]|(?![个届批次期条版章轮季产步场方梯线书时责要]))
      | 前(?P<within>{_NUMBER})(?:[位名强甲]|(?=[，。；,;]|$))(?!个)
      | (?P<first>{either(_RANKS["first"])})(?![个届批次期要先家创府都])
    )
  | 第(?P<bare>{_NUMBER})[位名](?!个)
  | (?<![“"]){_FIELD}(?:第(?P<nth>{_NUMBER})(?=[，。；、,;）)]|$)|首位(?!个))
  | {_FIELD}[^，。；、的\d最]{{0,6}}最[{"".join(_RANKS["most"])}](?=[，。；,;的]|$)
  | (?:{_FIELD}|[亚欧非]洲|仅次于[^，。；、]{{2,8}}的)?
    第(?P<great>[二三四五六七八九十]|\d{{1,2}})大(?![道街桥江河])
  | (?P<phrase>{either(_RANKS["phrases"])})
    """,
    re.VERBOSE,
)
_RANKED = re.compile("[第首前榜冠魁鳌最]|领跑|头名")
_LISTED = frozenset({"、", "和", "及", "与", "以及", "，", ","})


@dataclass(frozen=True, slots=True)
class Values:
    """What one sentence says in numbers, each list in order of place."""

    quantities: tuple[Quantity, ...] = ()
    periods: tuple[Period, ...] = ()
    changes: tuple[Change, ...] = ()
    ranks: tuple[Rank, ...] = ()
    compared: tuple[Span, ...] = ()  # where 同比, 较上年 … stand
    timed: tuple[Span, ...] = ()  # where time is spoken of, resolved or not

    def items(self) -> list[Quantity | Change | Rank]:
        """All but the periods, in order of place."""
        every: list[Quantity | Change | Rank] = [*self.quantities, *self.changes, *self.ranks]
        if len(every) == len(self.quantities):
            return every
        return sorted(every, key=lambda item: item.start)


_NOTHING = Values()


def find(text: str, day: date | None = None, earlier: Sequence[Period] = ()) -> Values:
    """All values of a sentence in an issue of `day`; `earlier` are the periods its article stated before."""
    when, spans = periods.find(text, day, earlier)
    ranked = ranks(text)
    if not _ANY_NUMBER.search(text):
        return Values((), tuple(when), (), tuple(ranked), (), tuple(spans)) if spans or ranked else _NOTHING
    amounts = quantities.find(text)
    if amounts and (spans or ranked or _HOURS.search(text)):
        taken = [*spans, *(m.span() for m in _CLOCK.finditer(text)), *((r.start, r.end) for r in ranked)]
        amounts = [q for q in amounts if not any(s < q.end and q.start < e for s, e in taken)]
    grown = [*changes(text, amounts), *_level(text)]
    compared = [m.span() for m in _BASIS.finditer(text)] if _COMPARES.search(text) else []
    if grown:
        spent = {(c.start, c.end) for c in grown}
        amounts = [q for q in amounts if (q.start, q.end) not in spent]
        grown.sort(key=lambda c: c.start)
    if compared:
        when = [p for p in when if not any(s <= p.start < e for s, e in compared)]
    return Values(tuple(amounts), tuple(when), tuple(grown), tuple(ranked), tuple(compared), tuple(spans))


def changes(text: str, amounts: list[Quantity]) -> list[Change]:
    """The quantities that are differences: 同比增长25.5%, 分别下降2%和3%; behind 到 or 至 stands a level."""
    found: list[Change] = []
    for i, q in enumerate(amounts):
        before = amounts[i - 1] if i else None
        if change := _change(text, q):
            found.append(change)
        elif found and before and found[-1].start == before.start and _chained(text, before, q):
            last = found[-1]
            sign = -1 if last.value < 0 else 1
            found.append(Change(q.start, q.end, q.text, sign * q.value, q.unit, last.basis, q.qualifier))
    return found


def _level(text: str) -> list[Change]:
    """No growth at all: 与2024年持平."""
    found: list[Change] = []
    for match in _FLAT.finditer(text):
        basis = _basis(text, match.start())
        found.append(Change(match.start(), match.end(), match.group(), Decimal(0), "%", basis))
    return found


def _change(text: str, q: Quantity) -> Change | None:
    verb = _VERB.search(text, max(0, q.start - 12), q.start)
    after = _OF_GROWTH.match(text, q.end) if q.unit == "%" else None
    against = _AGAINST.search(text, max(0, q.start - 22), q.start) if q.unit == "个百分点" else None
    basis: str | None
    if against:
        start, sign, basis = against.start(), -1 if against["verb"][0] in "低慢" else 1, "较" + against["ref"]
    elif verb and _differs(text, verb, q):
        start, sign, basis = verb.start(), _SIGN[verb["verb"]], _basis(text, verb.start())
    elif after:
        start, sign = q.start, -1 if after["verb"][0] in "下降跌负减" else 1
        basis = after["basis"] or _basis(text, q.start)
    else:
        return None
    return Change(q.start, q.end, text[start : q.end], sign * q.value, q.unit, basis, q.qualifier)


def _differs(text: str, verb: re.Match[str], q: Quantity) -> bool:
    """Whether a verb makes a difference of the number: not 新增12家, 最高5%, 不低于700万元, 多3家."""
    at = verb.start()
    if text[at - 1 : at] in {"新", "最", "不", "更"} or verb.group() in {"高达", "多达"}:
        return False
    if verb["verb"] in _RATES and _OF_A_RATE.search(text, 0, at):
        return False
    if verb["verb"] in _BARE_VERBS and q.unit not in _RATIOS:
        return bool(_BASIS.search(text, max(0, at - 16), at))
    return True


def _chained(text: str, before: Quantity, q: Quantity) -> bool:
    listed = text[before.end : q.start] in _LISTED and before.unit == q.unit
    return listed or before.end > q.start


def _basis(text: str, end: int) -> str | None:
    """What the nearest comparison before `end` is against, in the same stretch: 同比, 较2024年."""
    start = max(text.rfind(mark, 0, end) for mark in "。；;") + 1
    last = None
    for match in _BASIS.finditer(text, max(start, end - 30), end):
        last = match
    if last is None:
        return None
    return last["word"] or "较" + last["ref"]


def ranks(text: str) -> list[Rank]:
    """Places in an order: 居全省第3位, 排名第14, 位列前3名 (a bound), 稳居首位."""
    found: list[Rank] = []
    if not _RANKED.search(text):
        return found
    for match in _RANK.finditer(text):
        value = integer(
            match["placed"] or match["bare"] or match["nth"] or match["within"] or match["great"] or "1"
        )
        if value is not None and value < 1000:
            bound = "以上" if match["within"] else None
            found.append(Rank(match.start(), match.end(), match.group(), value, None, bound))
    return found
