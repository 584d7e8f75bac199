"""What a judgement puts in place of what was read: typed as the reader types it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from kg import values
from kg.model import Observation
from kg.resolve import PREFIX
from kg.rules import table
from kg.verdicts.records import OF_FACTS, Judgement

CLASSES = (*(name for name in PREFIX if name != "Country"), "Place", "Township", "Village")
KINDS = ("Actual", "Target", "Forecast")
_CODE = re.compile(r"place:\d+|country:.*")
_RANK = re.compile(r"第?(?P<rank>\d+)位?(?:/(?P<of>\d+))?")
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?")


def checked(j: Judgement) -> dict[str, Any]:
    """The fields that a judgement gives a fact or a figure, typed. Raises ValueError with the remedy."""
    if j.verdict == "type":
        if _CODE.fullmatch(j.subject):
            raise ValueError("divisions and countries have the class that the lexicon gives them")
        return _one_of(j.value, CLASSES, "type")
    if j.verdict == "predicate":
        return _one_of(j.value, tuple(table("relations")), "predicate")
    if j.verdict == "kind":
        return _one_of(j.value, KINDS, "kind")
    if j.verdict in _READERS:
        return _READERS[j.verdict](j.value)
    return {j.verdict: j.value} if j.verdict in (*OF_FACTS, "metric") else {}


def equals(text: str, o: Observation) -> bool:
    """Whether a number with its unit is that of a figure, however it is printed."""
    found = values.find(text).quantities
    return len(found) == 1 and (found[0].value, found[0].unit) == (o.value, o.unit or "")


def rekeyed(key: str, kind: str) -> str:
    """The key of a thing whose class is another one."""
    return f"{PREFIX.get(kind, 'place')}:{key.partition(':')[2]}"


def _one_of(value: str, known: tuple[str, ...], field: str) -> dict[str, Any]:
    if value not in known:
        raise ValueError(f"one of {', '.join(known)}")
    return {field: value}


def _value(text: str) -> dict[str, Any]:
    """13.67亿元, or a bare number where the figure has no unit."""
    found = values.find(text).quantities
    if len(found) == 1:
        q = found[0]
        return {"value": q.value, "unit": q.unit or None, "value_text": q.text, "qualifier": q.qualifier}
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise ValueError("write one number with its unit, such as 13.67亿元")
    return {"value": Decimal(text), "unit": None, "value_text": text, "qualifier": None}


def _change(text: str) -> dict[str, Any]:
    """同比增长25.5%, 下降3个百分点, or with a sign: 25.5%, -3个百分点."""
    signed = (
        text if re.match("[^-+\\d]", text) else f"{'下降' if text[:1] == '-' else '增长'}{text.lstrip('+-')}"
    )
    found = values.find(signed).changes
    if len(found) != 1:
        raise ValueError("write one change with its unit, such as 25.5% or -3个百分点")
    return {"change": found[0].value, "change_unit": found[0].unit} | (
        {"change_basis": found[0].basis} if found[0].basis else {}
    )


def _rank(text: str) -> dict[str, Any]:
    found = _RANK.fullmatch(text)
    if not found or not int(found["rank"]):
        raise ValueError("write it as 3, or as 3/11 where 11 are in the order")
    return {"rank": int(found["rank"]), "rank_out_of": int(found["of"]) if found["of"] else None}


def _period(text: str) -> dict[str, Any]:
    """2025-01-01/2025-06-30, one day, or in words: 2025年上半年."""
    remedy = "write it as 2025-01-01/2025-06-30 or 2025年上半年"
    if days := _DAYS.fullmatch(text):
        try:
            first, last = (date.fromisoformat(day or days[1]) for day in days.groups())
        except ValueError as error:
            raise ValueError(remedy) from error
        if first > last:
            raise ValueError(remedy)
        return {"period": (first, last)}
    found = values.find(text).periods
    if len(found) != 1:
        raise ValueError(remedy)
    return {"period": (found[0].first, found[0].last)}


_READERS = {"value": _value, "change": _change, "rank": _rank, "period": _period}
