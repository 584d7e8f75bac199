"""Quantities, changes and ranks in one repaired sentence: small parsers, then refiners.

`find` is the whole of it; the vocabularies are `kg/rules/units.toml` and `cues.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kg import periods
from kg.model import Change, Period, Quantity, Rank
from kg.numerals import integer, number, plain
from kg.rules import table

_UNITS: list[dict[str, Any]] = table("units")["unit"]
_SCALE: dict[str, int] = table("units")["scale"]
_CUES: dict[str, Any] = table("cues")

_SPOKEN_KINDS = {"Currency", "Area", "Mass", "Length", "Power", "Energy"}
UNITS: dict[str, dict[str, Any]] = {u["notation"]: u for u in _UNITS}
_NOTATION = {a: u["notation"] for u in _UNITS for a in (u["notation"], *u.get("aliases", ()))}


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_NUMERAL_UNITS = [a for a, n in _NOTATION.items() if UNITS[n]["quantity"] in _SPOKEN_KINDS and len(a) > 1 or a in "元吨亩米"]
_FIGURES = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:[.．]\d+)?"
_THOUSANDS = "".join({a[1] for a in _NOTATION if a[0] == "千"})  # 千 belongs to the unit in 千米
_SCALES = rf"(?:{_either(s for s in _SCALE if s != '千')}|千(?![{_THOUSANDS}]))"


def _units(words: Iterable[str]) -> str:
    """Alternatives, the longest first, each with what may not follow it."""
    longest = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w) + (f"(?!{u})" if (u := UNITS[_NOTATION[w]].get("unless")) else "") for w in longest)


_UNIT = rf"(?:{_units(_NOTATION)})(?:[/／](?:{_either(_NOTATION)}))?"
_AFTER = rf"(?P<after>{_either(_CUES['qualifier']['after'])})?"
_SPOKEN = _units(u["notation"] for u in _UNITS if u.get("spoken"))
_NUMERAL = r"[一二两兩三四五六七八九十][一二两兩三四五六七八九十百千万亿零]*(?:点[零〇一二三四五六七八九]+)?"
_PLAIN_UNITS = _either(_NUMERAL_UNITS)
_QUANTITY = re.compile(
    rf"""(?=[\d一二两兩三四五六七八九十百千半－−-])(?<![\d.第A-Za-z])(?:
    (?:(?P<low>{_FIGURES})(?P<lowscale>{_SCALES})?(?P<lowunit>{_UNIT})?(?:—+|[-–~～至到]))?
    (?P<sign>(?<=[为是达至])[-－−])?(?P<num>{_FIGURES})(?P<more1>[余多馀]|来(?=[个家项名人]))?(?P<scale>{_SCALES})?(?P<more2>[余多馀])?
    (?P<unit>{_UNIT})(?P<more3>[余多馀])?
  | 百分之(?P<percent>{_NUMERAL}|{_FIGURES})
  | (?P<parts>[二三四五六七八九十]|百|千)分之(?P<of>[一二三四五六七八九]{{1,3}})
  | (?<=[占的约超近达过有])(?P<frac>\d)/(?P<by>\d)(?![\d/年月])
  | (?P<tenths>[一二三四五六七八九\d])成(?P<half>半)?(?![为立员功本长品果效就熟色分交年])
  | (?<=[近超过约占逾])(?P<aHalf>一半|半数|半)(?=[以左，。、；的]|$)
  | (?<![一二三四五六七八九十百千万亿年第数几上这])(?P<numeral>{_NUMERAL})(?P<nmore>[余多])?(?:(?P<nunit>{_SPOKEN})(?!月|小时|星期|多|工作日|百分)|(?P<nmeasure>{_PLAIN_UNITS}))
    ){_AFTER}""",
    re.VERBOSE,
)
_CLOCK = re.compile(r"\d{1,2}(?:时|点|:|：)\d{1,2}分?|(?<=[日午晨晚上])\d{1,2}[时点](?!\d)|\d{1,2}分(?=\d{1,2}秒)|\d{1,2}:\d\d")
_INDEX = re.compile(r"指数|系数|初值|终值|PMI|综合评分|基尼|CPI|PPI")
_BARE = re.compile(
    rf"(?:指数|系数|[初终]值|PMI|评分|CPI|PPI)[^，。；：、]{{0,12}}?(?:为|达到?|报|收于|[升降]至|是|录得|于)"
    rf"(?P<list>{_FIGURES}(?:(?:、|和|及){_FIGURES})*)(?=[，。；,;）)]|$)"
)
_ANY_NUMBER = re.compile(r"[\d一二两三四五六七八九十百千万半]")
_BEFORE_WORDS: dict[str, str] = _CUES["qualifier"]["before"]
_BEFORE = re.compile(rf"(?:{_either(_BEFORE_WORDS)})$")
_SIGN = {w: 1 for w in _CUES["change"]["up"]} | {w: -1 for w in _CUES["change"]["down"]}
_RANKED = re.compile(r"第|首|前|榜|冠|魁|鳌|领跑|头名")
_VERB = re.compile(rf"(?P<verb>{_either(_SIGN)})(?:了|达到|达|为|高达|近|约|超过|超|幅度)*$")
_OF_GROWTH = re.compile(r"的?(?P<basis>同比|环比|年均)?(?P<verb>增长|增速|增幅|降幅|下降|涨幅|跌幅)(?!点)")
_COMPARE = r"[比较与同跟](?P<ref>[^，。；：、\d]{0,14}?\d{0,4}[^，。；：、\d]{0,12}?)"
_BASIS = re.compile(
    r"(?P<word>同比|环比|年均|按年)|(?:(?:比|相?较于?|[与同跟和](?=[^，。；]{1,16}相比))(?!重|例|率|较)"
    r"(?P<ref>“?[十]?[一二三四五]五”?(?:期间|时期|末)?|(?:19|20)\d\d年?(?:\d{1,2}月份?|同期|[上下]半年|[年底末初])*|\d{1,2}[—\-至]\d{1,2}月份?|\d{1,2}月份?[末底]?"
    r"|[^，。；：、\d]{0,8}?(?:年同期|年同期相比|同期|年度?|月份?|季度|周|全国平均|全省平均|平均水平|疫情前|之前|此前|市场价)(?:[末底初]|水平|增速)*)(?:相比)?)"
)
_AGAINST = re.compile(r"(?P<verb>高于|低于|高出|低出|快于|慢于|好于|超过|超出|超)(?P<ref>[^，。；、\d于]{2,16}?)$")
_RANK = re.compile(
    rf"""(?:
    (?P<verb>{_either(_CUES['rank']['verbs'])}|(?<![系班陈行序罗])列)[^，。；：\d第前]{{0,12}}?(?:
        第(?P<n1>\d+|[一二三四五六七八九十]+)(?:[位名]|大|(?![个届批次期条版章轮季产步场方梯线书大时责要]))
      | 前(?P<n2>\d+|[一二三四五六七八九十]+)(?:[位名强甲]|(?=[，。；]|$))(?!个)
      | (?P<first>{_either(w for w in _CUES['rank']['first'] if not w.startswith('第'))})(?![个届批次期要先家创府都])
    )
  | 第(?P<n3>\d+|[一二三四五六七八九十]+)[位名](?![个])
  | (?P<phrase>{_either(_CUES['rank']['phrases'])})
    )""",
    re.VERBOSE,
)

@dataclass(frozen=True, slots=True)
class Values:
    """What one sentence says in numbers, each list in order of place."""

    quantities: tuple[Quantity, ...] = ()
    periods: tuple[Period, ...] = ()
    changes: tuple[Change, ...] = ()
    ranks: tuple[Rank, ...] = ()
    compared: tuple[tuple[int, int], ...] = ()  # where 同比, 较上年 … stand
    timed: tuple[tuple[int, int], ...] = ()  # where time is spoken of, resolved or not


def find(text: str, day: date | None = None, earlier: Sequence[Period] = ()) -> Values:
    """All values of a sentence printed in an issue of `day`; `earlier` are the periods the article stated before."""
    when, spans = periods.find(text, day, earlier)
    if not _ANY_NUMBER.search(text):
        return Values((), tuple(when), (), tuple(ranks(text)), (), tuple(spans))
    ranked = ranks(text)
    taken = spans + [m.span() for m in _CLOCK.finditer(text)] + [(r.start, r.end) for r in ranked]
    amounts = [q for q in quantities(text) if not any(s < q.end and q.start < e for s, e in taken)]
    found = changes(text, amounts)
    spent = {(c.start, c.end) for c in found}
    compared = [m.span() for m in _BASIS.finditer(text)]
    stated = tuple(p for p in when if not any(s <= p.start < e for s, e in compared))
    return Values(tuple(q for q in amounts if (q.start, q.end) not in spent), stated, tuple(found), tuple(ranked), tuple(compared), tuple(spans))


def quantities(text: str) -> list[Quantity]:
    """Every number with a unit; a range gives its two ends as bounds."""
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(text):
        found.extend(_read(match, text))
    if _INDEX.search(text):
        found += [q for q in _indexes(text) if not any(o.start < q.end and q.start < o.end for o in found)]
        found.sort(key=lambda q: q.start)
    return found


def _indexes(text: str) -> list[Quantity]:
    """Numbers without a unit that an index word explains: 综合指数为4.13, 指数分别为4.9、4.8."""
    found: list[Quantity] = []
    for match in _BARE.finditer(text):
        for figures in re.finditer(_FIGURES, match.group("list")):
            start, end = match.start("list") + figures.start(), match.start("list") + figures.end()
            value = number(figures.group())
            if value is not None:
                found.append(Quantity(start, end, figures.group(), plain(value), ""))
    return found


def _read(match: re.Match[str], text: str) -> list[Quantity]:
    get = match.group
    start, end = match.span()
    qualifier = _qualifier(match, text)

    def one(value: Decimal | None, unit: str, qual: str | None = qualifier, at: int = start) -> list[Quantity]:
        return [] if value is None else [Quantity(at, end, text[at:end], plain(value), unit, qual)]

    if get("num"):
        unit = _unit(get("unit"))
        value = _scaled(get("num"), get("scale"))
        if value is not None and get("sign"):
            value = -value
        if get("lowunit") and _unit(get("lowunit")) != unit:  # 下跌2.3%至376.1元: two numbers, no range
            low = _scaled(get("low"), get("lowscale"))
            first = Quantity(start, match.end("lowunit"), text[start : match.end("lowunit")], plain(low or Decimal(0)), _unit(get("lowunit")))
            return [first, *one(value, unit, qualifier, match.start("num"))]
        if not get("low"):
            return one(value, unit)
        low = _scaled(get("low"), get("lowscale") or get("scale"))
        if low is None or value is None or low >= value:
            return one(value, unit, qualifier, match.start("num"))
        return one(low, unit, "以上") + one(value, unit, "以下", match.start("num"))
    if get("percent"):
        return one(number(get("percent")), "%")
    if get("parts") or get("frac"):
        return one(_fraction(get("of") or get("frac"), get("parts") or get("by")), "%")
    if get("tenths"):
        value = number(get("tenths"))
        return one(value + Decimal("0.5") if value is not None and get("half") else value, "成")
    if get("aHalf"):
        return one(Decimal(50), "%")
    value = number(get("numeral"))
    if value is None or value < 2:
        return []
    return one(value, _unit(get("nunit") or get("nmeasure")))


def _fraction(part: str, whole: str) -> Decimal | None:
    a, b = number(part), number(whole)
    if a is None or not b:
        return None
    return (a * 100 / b).quantize(Decimal("0.1")).normalize() if (a * 100) % b else a * 100 / b


def _scaled(figures: str, scale: str | None) -> Decimal | None:
    value = number(figures)
    return value if value is None or not scale else value * 10 ** _SCALE[scale]


def _unit(written: str) -> str:
    if written in _NOTATION:
        return _NOTATION[written]
    head, slash, per = written.replace("／", "/").partition("/")
    return _NOTATION[head] + (slash + _NOTATION[per] if slash else "")


def _qualifier(match: re.Match[str], text: str) -> str | None:
    if match.group("after"):
        return str(_CUES["qualifier"]["after"][match.group("after")])
    before = _BEFORE.search(text, max(0, match.start() - 5), match.start())
    if before:
        return _BEFORE_WORDS[before.group()]
    return "余" if any(match.group(g) for g in ("more1", "more2", "more3", "nmore")) else None


def changes(text: str, amounts: list[Quantity]) -> list[Change]:
    """The quantities that are differences: 同比增长25.5%, 分别下降2%和3%. What follows 到 or 至 is a level."""
    found: list[Change] = []
    for i, q in enumerate(amounts):
        before = amounts[i - 1] if i else None
        verb = _VERB.search(text, max(0, q.start - 12), q.start)
        after = _OF_GROWTH.match(text, q.end) if q.unit == "%" else None
        against = _AGAINST.search(text, max(0, q.start - 22), q.start) if q.unit == "个百分点" else None
        if against:
            sign = -1 if against.group("verb")[0] in "低慢" else 1
            found.append(_change(text, q, against.start(), sign, "较" + against.group("ref")))
        elif verb and _is_change(text, verb, q):
            found.append(_change(text, q, verb.start(), _SIGN[verb.group("verb")], _basis(text, verb.start())))
        elif after:
            sign = -1 if after.group("verb")[0] in "下降跌" else 1
            found.append(_change(text, q, q.start, sign, after.group("basis") or _basis(text, q.start)))
        elif found and before and found[-1].start == before.start and _chained(text, before, q):
            last = found[-1]
            found.append(_change(text, q, q.start, -1 if last.value < 0 else 1, last.basis))
    return found


def _is_change(text: str, verb: re.Match[str], q: Quantity) -> bool:
    word, at = verb.group("verb"), verb.start()
    if text[at - 1 : at] in {"新", "最", "不", "更"}:
        return False
    if word in {"少", "多", "高", "低", "快", "降", "减", "升", "涨", "增"} and q.unit not in {"%", "个百分点", "倍", "‰"}:
        return bool(_BASIS.search(text, max(0, at - 16), at))
    return True


def _chained(text: str, before: Quantity, q: Quantity) -> bool:
    return before.end > q.start or text[before.end : q.start] in {"、", "和", "及", "与", "以及", "，", ","} and before.unit == q.unit


def _change(text: str, q: Quantity, start: int, sign: int, basis: str | None) -> Change:
    return Change(q.start, q.end, text[start : q.end], sign * q.value, q.unit, basis, q.qualifier)


def _basis(text: str, end: int) -> str | None:
    """What the nearest comparison before `end` is against, in the same stretch: 同比, 较2024年."""
    start = max(text.rfind(mark, 0, end) for mark in "。；;")
    last = None
    for match in _BASIS.finditer(text, max(start + 1, end - 30), end):
        last = match
    if last is None:
        return None
    return last.group("word") or "较" + last.group("ref").removesuffix("相比")


def ranks(text: str) -> list[Rank]:
    """Places in an order: 居全省第3位, 排名第14, 位列前3名 (a bound), 稳居首位."""
    found: list[Rank] = []
    if not _RANKED.search(text):
        return found
    for match in _RANK.finditer(text):
        value = integer(match.group("n1") or match.group("n3") or match.group("n2") or "1")
        if value is not None and value < 1000:
            bound = "以上" if match.group("n2") else None
            found.append(Rank(match.start(), match.end(), match.group(), value, None, bound))
    return found


