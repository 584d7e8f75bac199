"""Numbers with their units in a repaired sentence: 13.67亿元, 三座, 百分之三点五, 四成, 5万—8万人.

The vocabularies are `kg/rules/units.toml` and the qualifiers of `cues.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kg.model import Quantity
from kg.rules import table
from kg.values.numerals import DIGITS, number, plain

_ROWS: list[dict[str, Any]] = table("units")["unit"]
_SCALE: dict[str, int] = table("units")["scale"]
_PER: list[str] = table("units")["per"]
_QUALIFIERS: dict[str, dict[str, str]] = table("cues")["qualifier"]

UNITS: dict[str, dict[str, Any]] = {row["notation"]: row for row in _ROWS}
_NOTATION: dict[str, str] = {
    a: row["notation"] for row in _ROWS for a in (row["notation"], *row.get("aliases", ()))
}


def either(words: Iterable[str]) -> str:
    """Alternatives, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _units(words: Iterable[str]) -> str:
    """Alternatives, the longest first, each with what may not follow it."""

    def one(word: str) -> str:
        unless = UNITS[_NOTATION[word]].get("unless")
        return re.escape(word) + (f"(?!{unless})" if unless else "")

    return "|".join(map(one, sorted(words, key=len, reverse=True)))


FIGURES = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:[.．]\d+)?"
_SAID_KINDS = {"Currency", "Area", "Mass", "Length", "Power", "Energy"}
_SAID = [
    a for a, n in _NOTATION.items() if a in "元吨亩米" or (len(a) > 1 and UNITS[n]["quantity"] in _SAID_KINDS)
]
_THOUSANDS = "".join({a[1] for a in _NOTATION if a[0] == "千"})  # 千 belongs to the unit in 千米
_SCALES = rf"(?:{either(s for s in _SCALE if s not in '千百')}|千(?![{_THOUSANDS}])|百(?!分))"
_UNIT = rf"(?:{_units(_NOTATION)})(?:[/／](?:{either([*_NOTATION, *_PER])}))?(?!级(?!别))"  # 30万吨级
_SPOKEN = _units(row["notation"] for row in _ROWS if row.get("spoken"))
_COUNTERS = _units(row["notation"] for row in _ROWS if row.get("counter"))
_ONES = "一二两兩三四五六七八九十"
_TO = "(?:[—─]+|[-－−–~～至到])"
_NUMERAL = rf"[{_ONES}][{_ONES}百千万亿零]*(?:点[零〇一二三四五六七八九]+)?"
_LONG = rf"(?<=[{_ONES}百千万亿零几数上近超过逾约][{_ONES}百千万亿几])|(?<=[余多])"  # 五十一场, but no 三场
_ROUND = rf"""(?<=[上近超过逾约])(?<!以上)(?<!成千上)[百千万]{{1,3}}亿?  # 上[千]家, 超[百亿]元
  | (?<![人户总次台天岁件额]数)(?<![人户总次台天岁件额函参指系无少])(?:数|几)[十百千万]{{1,3}}亿?  # 数百家
  | (?<![{_ONES}数几百千万])(?:十几|[百千万]{{1,3}}(?=[余多]))"""
_QUANTITY = re.compile(
    rf"""(?=[\d{_ONES}百千万半数几零－−-])(?<![\d.第A-Za-z])(?!(?:19|20)\d\d[款版])(?:
    (?:(?P<low>{FIGURES})(?P<lowscale>{_SCALES})?(?P<lowunit>{_UNIT})?{_TO})?
    (?P<sign>(?<=[为是达至])[-－−]|(?<![\w%℃）)])[-－−]|零下)?(?P<num>{FIGURES})
    (?:(?P<head>[亿万])(?P<tail>\d{{1,4}})(?=[千万\D]))?
    (?P<more1>[余多馀]|来(?=[个家项名人]))?(?P<scale>{_SCALES})?(?P<more2>[余多馀])?
    (?P<unit>{_UNIT})(?P<more3>[余多馀])?
  | (?P<alone>{FIGURES})(?P<more6>[余多馀])?(?P<myriads>(?:[百千]?[万亿萬億])|万亿)(?P<more7>[余多馀])?
    (?![\dA-Za-z%％—~～\-百千万亿萬億]|分之)
  | 百分之(?P<percent>{_NUMERAL}|{FIGURES})
  | (?P<parts>[二三四五六七八九十]|百|千)分之(?P<of>[一二三四五六七八九]{{1,3}})
  | (?<=[占的约超近达过有])(?P<over>\d)/(?P<by>\d)(?![\d/年月])
  | (?:(?P<fewer>[一二三四五六七八\d]){_TO}?)?(?P<tenths>[一二两三四五六七八九\d])成
    (?P<rest>半|[一二三四五六七八九](?=[，。；、]|$))?(?![为立员功本长品果效就熟色分交年])(?P<more5>[余多])?
  | (?<=[近超过约占逾])(?P<halves>一半|半数|半)(?=[以左，。、；的]|$)|(?P<half>一半|半数)(?=以上|左右)
  | (?:(?P<least>(?<![{_ONES}百千万亿年第数几上这]){_NUMERAL}){_TO})?
    (?P<numeral>(?<![{_ONES}百千万亿年第数几上这]){_NUMERAL}|{_ROUND})(?P<more4>[余多])?
    (?:(?:(?:{_LONG})(?P<counted>{_COUNTERS})|(?P<spoken>{_SPOKEN}))(?!月|小时|星期|多|工作日|百分)
      |(?P<said>{either(_SAID)}))
    )(?P<after>{either(_QUALIFIERS["after"])})?""",
    re.VERBOSE,
)
_ABOUT = re.compile(
    "(?P<head>.?十)?(?P<one>[一二两三四五六七八])(?P<two>[二两三四五六七八九])(?P<scale>[十百千万亿]*)"
)
_AND = frozenset({"、", "和", "及", "与"})
_MORE = tuple(f"more{i}" for i in range(1, 8))
_BEFORE = re.compile(rf"(?:{either(_QUALIFIERS['before'])})$")
_MOVES = re.compile("(?:增加|减少|上涨|下跌|上升|下降|提高|降低|涨|跌|增|减|升|降)了?$")
_INDEX = re.compile(r"指数|系数|[初终]值|PMI|评分|CPI|PPI")
_BARE = re.compile(
    rf"(?:{_INDEX.pattern})[^，。；：、]{{0,12}}?(?:为|达到?|报|收于|[升降]至|是|录得|于)"
    rf"(?P<list>{FIGURES}(?:(?:、|和|及){FIGURES})*)(?=[，。；,;）)]|$)"
)


def find(text: str) -> list[Quantity]:
    """Every number with a unit; a range gives its two ends as bounds."""
    found = _united([q for match in _QUANTITY.finditer(text) for q in _read(match, text)], text)
    if _INDEX.search(text):
        found += [q for q in _indexes(text) if not any(o.start < q.end and q.start < o.end for o in found)]
        found.sort(key=lambda q: q.start)
    return found


def _united(found: list[Quantity], text: str) -> list[Quantity]:
    """Of a list whose last number alone has the unit, each number with it: 0.72亿和0.45亿美元."""
    for i in range(len(found) - 2, -1, -1):
        q, after = found[i], found[i + 1]
        lacks = not q.unit or (q.unit == "个" and after.unit.startswith("个"))
        if lacks and q.unit != after.unit and text[q.end : after.start] in _AND:
            found[i] = replace(q, unit=after.unit)
    return found


def base(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """A number with its unit as written, scale taken out: 13.67, 亿元 -> 1367000000, 元."""
    if unit in _NOTATION:
        return plain(value), _NOTATION[unit]
    for scale in sorted(_SCALE, key=len, reverse=True):
        rest = unit.removeprefix(scale)
        if rest != unit:
            return plain(value * 10 ** _SCALE[scale]), _NOTATION.get(rest, rest)
    return plain(value), unit


def _indexes(text: str) -> list[Quantity]:
    """Numbers without a unit that an index word explains: 综合指数为4.13, 指数分别为4.9、4.8."""
    found: list[Quantity] = []
    for match in _BARE.finditer(text):
        for figures in re.finditer(FIGURES, match["list"]):
            start = match.start("list") + figures.start()
            value = number(figures.group())
            if value is not None:
                end = start + len(figures.group())
                found.append(Quantity(start, end, figures.group(), plain(value), ""))
    return found


def _read(match: re.Match[str], text: str) -> list[Quantity]:
    if match["alone"]:
        return [_quantity(match, text, _scaled(match["alone"], match["myriads"]), "")]
    if match["num"]:
        return _figures(match, text)
    value, unit = _words(match)
    least = _least(match)
    if value is None or (least is not None and least >= value):
        return []
    if least is None:
        return [_quantity(match, text, value, unit)]
    return [
        _quantity(match, text, least, unit, qualifier="以上"),
        _quantity(match, text, value, unit, qualifier="以下"),
    ]


def _figures(match: re.Match[str], text: str) -> list[Quantity]:
    """A number in figures, or the two ends of a range."""
    value, unit = _scaled(match["num"], match["scale"]), _unit(match["unit"])
    if match["head"]:  # 2亿3000万, 1万2千
        value = _scaled(match["num"], match["head"]) + _scaled(match["tail"], match["scale"])
    if match["sign"]:
        value = -value
    if not match["low"]:
        return [_quantity(match, text, value, unit)]
    end = _quantity(match, text, value, unit, match.start("num"))
    low = _scaled(match["low"], match["lowscale"] or (None if match["lowunit"] else match["scale"]))
    if match["lowunit"] and (_unit(match["lowunit"]) != unit or _moved(match, text)):  # 下跌3元至20元
        start, stop = match.start(), match.end("lowunit")
        return [Quantity(start, stop, text[start:stop], plain(low), _unit(match["lowunit"])), end]
    if low >= value:
        return [end]
    return [
        _quantity(match, text, low, unit, qualifier="以上"),
        _quantity(match, text, value, unit, match.start("num"), "以下"),
    ]


def _moved(match: re.Match[str], text: str) -> bool:
    """Whether a range in truth tells how far a level has moved, and to what: 增加675吨至3350吨."""
    to = text[match.end("lowunit") : match.start("num")]
    return to in {"至", "到"} and match["unit"] != "%" and bool(_MOVES.search(text, 0, match.start()))


def _words(match: re.Match[str]) -> tuple[Decimal | None, str]:
    """A number in characters, or a part of a whole; of a range the upper end."""
    if match["percent"]:
        return number(match["percent"]), "%"
    if match["parts"] or match["over"]:
        return _part(match["of"] or match["over"], match["parts"] or match["by"]), "%"
    if match["halves"] or match["half"]:
        return Decimal(50), "%"
    if match["tenths"]:
        tenths = number(match["tenths"]) or Decimal(0)
        rest = 5 if match["rest"] == "半" else number(match["rest"] or "零") or 0
        return tenths + Decimal(rest) / 10, "成"
    unit = match["spoken"] or match["said"] or match["counted"]
    written = match["numeral"].strip("数几")
    value = number(written)
    if about := _ABOUT.fullmatch(written):
        value = number((about["head"] or "") + about["two"] + about["scale"])
    elif not match["numeral"].strip(DIGITS[1:]) and len(written) > 1:  # 五一, no number
        value = None
    return (None if value is None or (value < 2 and unit != "倍") else value), _unit(unit)


def _least(match: re.Match[str]) -> Decimal | None:
    """The lower end of a range in characters: [三]至五成, [七]八十家."""
    if match["fewer"]:
        return number(match["fewer"])
    if match["least"]:
        myriads = match["numeral"].lstrip(match["numeral"].rstrip("万亿"))  # 六千到七千[万]吨
        return number(match["least"] + ("" if match["least"].endswith(("万", "亿")) else myriads))
    about = _ABOUT.fullmatch(match["numeral"] or "")
    return number((about["head"] or "") + about["one"] + about["scale"]) if about else None


def _quantity(
    match: re.Match[str],
    text: str,
    value: Decimal,
    unit: str,
    start: int | None = None,
    qualifier: str | None = None,
) -> Quantity:
    at = match.start() if start is None else start
    return Quantity(
        at, match.end(), text[at : match.end()], plain(value), unit, qualifier or _qualifier(match, text)
    )


def _part(part: str, whole: str) -> Decimal | None:
    """三分之一 in per cent; a third has no exact figure and is given to one place."""
    over, by = number(part), number(whole)
    if over is None or not by:
        return None
    exact = over * 100 / by
    return exact if over * 100 % by == 0 else exact.quantize(Decimal("0.1"))


def _scaled(figures: str, scale: str | None) -> Decimal:
    value = number(figures) or Decimal(0)
    return value * 10 ** _SCALE[scale] if scale else value


def _unit(written: str) -> str:
    if written in _NOTATION:
        return _NOTATION[written]
    head, slash, per = written.replace("／", "/").partition("/")
    return _NOTATION[head] + slash + _NOTATION.get(per, per)


def _qualifier(match: re.Match[str], text: str) -> str | None:
    if match["after"]:
        return _QUALIFIERS["after"][match["after"]]
    before = _BEFORE.search(text, max(0, match.start() - 5), match.start())
    if before:
        return _QUALIFIERS["before"][before.group()]
    if (match["numeral"] or "").startswith(("数", "几")):
        return "以上"
    return "余" if any(match[more] for more in _MORE) or (match["numeral"] or "").endswith("几") else None
