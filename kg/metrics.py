"""The name of what a figure measures: the text's own term, cut to its head."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kg.rules import table
from kg.values import UNITS

_WORDS: dict[str, Any] = table("cues")["metric"]


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_LINK = re.compile(rf"(?:{_either(_WORDS['link'])}|[\s（(“”\"、])$")
_LEAD = re.compile(rf"(?:{_either(_WORDS['lead'])}|[\s)）：:,、”])")
_VERB = re.compile(rf"(?:{_either(_WORDS['verbs'])})(?![{_WORDS['nominal']}])")
_STOP = re.compile(rf"{_either(_WORDS['stop'])}|[，。；：、！？,;:!?（(）)《》]|\d")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]?$|^[^（(]*[）)]")
_TRADE = re.compile(r"^(出口|进口)([^额量值总商货到至于]{2,})$")
_YEARLY = re.compile(r"^(?:可)?年(?:可)?(产|生产|加工|处理)(.*)$")
_COUNTED = re.compile(r"(?:数|数量|总数|量|额|率|值)$")


def head(before: str, measure: bool = True) -> str:
    """The term that `before`, the stretch in front of a number, ends in."""
    text = _BRACKET.sub("", before)
    while (cut := _LINK.search(text)) and cut.start() >= 0:
        text = text[: cut.start()]
        if not text:
            return ""
    text = _unlead(text)
    for verb in reversed(list(_VERB.finditer(text))):
        if len(text) - verb.end() >= 2:
            return _unlead(text[verb.end() :])
    return text


def _unlead(text: str) -> str:
    while (cut := _LEAD.match(text)) and cut.end() < len(text):
        text = text[cut.end() :]
    return text


def counted(after: str) -> str:
    """The thing counted, right after its number: 家 [省级绿色工厂]，…"""
    stop = _STOP.search(after)
    return (after[: stop.start()] if stop else after).strip("“”\"、和及与")


def name(before: str, after: str, unit: str) -> str:
    """The metric of a number of `unit` that stands between `before` and `after`, or an empty string."""
    row = UNITS.get(unit, {})
    if not row.get("counter"):
        return measure(before, after, unit)
    thing = counted(after) or head(before)
    return count(thing, unit)


def count(thing: str, unit: str) -> str:
    """签约项目, 个 -> 签约项目个数."""
    suffix = UNITS[unit].get("suffix", unit + "数")
    if not thing or not suffix or _COUNTED.search(thing) or thing.endswith(suffix):
        return thing
    return (thing[:-1] if suffix[0] == thing[-1] else thing) + suffix


def measure(before: str, after: str, unit: str) -> str:
    text = head(before)
    if traded := _TRADE.match(text):
        return traded[2] + traded[1]
    if yearly := _YEARLY.match(text):
        return yearly[2] + ("年产能" if yearly[1] in {"产", "生产"} else f"年{yearly[1]}能力")
    if not text and after.startswith("的"):
        return counted(after[1:])
    return text
