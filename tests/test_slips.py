"""Slips of the press in names of counties, pages in traditional script: read as meant, kept as printed."""

from __future__ import annotations

import pytest

from kg import script, slips
from kg.notebook import read_page

XINZHOU = "140900"
PAGE = "忻州日报\n2025年8月2日 星期六\n\n崞岚经济技术开发区建成投产项目12个，崞岚的发展站上新台阶。"


def test_slip_within_the_prefecture_is_read_as_the_county_and_kept_as_printed() -> None:
    read = read_page(PAGE)
    zone = next(e for e in read.entities if e.type == "Zone")
    assert zone.name == "岢岚经济技术开发区"
    assert "崞岚经济技术开发区" in zone.raw
    assert any("崞岚" in p.message for p in read.problems), "never silently"
    for fact in read.facts:
        for proof in fact.evidence:
            assert proof.quote == PAGE[proof.span.start : proof.span.end]


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("崞岚经济技术开发区和崞岚", "110000"),  # no prefecture
        ("崞岚经济技术开发区和崞岚", "370100"),  # another prefecture
        ("阳曲县和阳曲", XINZHOU),  # a county of the neighbour, not a slip of 河曲
        ("崞岚经济技术开发区", XINZHOU),  # printed once: too little
        ("新兴经济技术开发区在新兴产业", XINZHOU),  # a word
    ],
)
def test_what_is_no_slip_stays(text: str, home: str) -> None:
    assert slips.find(text, home) == {}


def test_traditional_pages_are_read_and_kept_as_printed() -> None:
    text = "太原海關統計，一季度我省進出口總值240.3億元，同比增長31.3%。山西國耀新能源有限公司發電。"
    assert script.is_traditional(text)
    read = read_page(text, published="2015-04-20")
    firm = next(e for e in read.entities if e.type == "Enterprise")
    assert firm.name == "山西国耀新能源有限公司"
    assert "山西國耀新能源有限公司" in firm.raw
    figure = next(o for o in read.observations if o.unit == "元")
    assert figure.evidence[0].quote in text


def test_simplified_pages_are_not_taken_for_traditional() -> None:
    assert not script.is_traditional("李昇于2025年著书，乾县的发展与后勤保障。")
