"""Numbers, units, changes, ranks, kinds and periods: every rule's own examples, and the laws they keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import values
from kg.observations import kinds
from kg.rules import table
from kg.values import numerals, periods, quantities

DAY = date(2025, 8, 2)
CUES = table("cues")


def amounts(text: str) -> list[str]:
    return [f"{q.value} {q.unit}" for q in values.find(text, DAY).quantities]


def changes(text: str) -> list[str]:
    return [f"{c.value} {c.unit} {c.basis}" for c in values.find(text, DAY).changes]


def ranks(text: str) -> list[str]:
    return [f"{r.value} {r.qualifier}" if r.qualifier else str(r.value) for r in values.find(text, DAY).ranks]


def qualifiers(text: str) -> list[str]:
    return [q.qualifier for q in values.find(text, DAY).quantities if q.qualifier]


def spans(text: str) -> list[str]:
    return [f"{p.first}/{p.last}" for p in periods.find(text, DAY)[0]]


def kind(text: str) -> list[str]:
    at = next(i for i, c in enumerate(text) if c.isdigit())
    return [kinds.of(text, at, text[max(0, at - 4) : at], "项目" in text)]


READERS: list[tuple[dict[str, Any], Callable[[str], list[str]]]] = [
    (table("units"), amounts),
    (CUES["period"], spans),
    (CUES["qualifier"], qualifiers),
    (CUES["change"], changes),
    (CUES["rank"], ranks),
    (CUES["kind"], kind),
]


@pytest.mark.parametrize(
    ("read", "text", "out"), [(r, f["text"], f["out"]) for s, r in READERS for f in s["finds"]]
)
def test_a_rule_finds_what_its_examples_say(
    read: Callable[[str], list[str]], text: str, out: list[str]
) -> None:
    assert read(text) == out


@pytest.mark.parametrize(("read", "text"), [(r, t) for s, r in READERS for t in s["skips"]])
def test_a_rule_skips_what_its_examples_say(read: Callable[[str], list[str]], text: str) -> None:
    assert read(text) in ([], ["Actual"])


@pytest.mark.parametrize("word", [*CUES["change"]["up"], *CUES["change"]["down"]])
def test_every_verb_of_change_has_its_sign(word: str) -> None:
    sign = "" if word in CUES["change"]["up"] else "-"
    assert changes(f"同比{word}5%") == [f"{sign}5 % 同比"]


@pytest.mark.parametrize(("word", "label"), CUES["qualifier"]["before"].items())
def test_every_word_before_a_number_qualifies_it(word: str, label: str) -> None:
    assert qualifiers(f"产值{word}5亿元") == [label]


CHARACTERS = str.maketrans("0123456789", "零一二三四五六七八九")


def in_characters(number: int) -> str:
    """A number from 2 to 99 as it is said: 十二, 三十, 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{tens}十".translate(CHARACTERS)
    return head + (str(ones).translate(CHARACTERS) if ones else "")


UNITS = [u for u in table("units")["unit"] if u["notation"] not in {"番", "股"}]
WRITTEN = [(w, u["notation"]) for u in UNITS for w in (u["notation"], *u.get("aliases", ()))]


@given(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2),
    st.sampled_from(WRITTEN),
    st.sampled_from(["{}", "共{}", "达到{}，", "约{}。"]),
    st.sampled_from(["plain", "grouped", "wide", "万", "亿"]),
)
def test_every_number_reads_back_in_every_form_of_every_unit(
    number: Decimal, unit: tuple[str, str], frame: str, form: str
) -> None:
    written, notation = unit
    plain = f"{number:f}".rstrip("0").rstrip(".")
    figures = {
        "plain": plain,
        "grouped": f"{Decimal(plain):,}",
        "wide": plain.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
    }.get(form, plain + form)
    found = quantities.find(frame.format(figures + written))
    factor = {"万": 10**4, "亿": 10**8}.get(form, 1)
    assert [(q.value, q.unit) for q in found] == [(numerals.plain(Decimal(plain) * factor), notation)]


@given(st.integers(2, 99), st.sampled_from([u["notation"] for u in UNITS if u.get("spoken")]))
def test_numerals_in_characters_read_back_before_spoken_units(number: int, unit: str) -> None:
    assert [(q.value, q.unit) for q in quantities.find(f"建成{in_characters(number)}{unit}。")] == [
        (number, unit)
    ]


@pytest.mark.parametrize("per", table("units")["per"])
def test_a_rate_reads_back(per: str) -> None:
    assert amounts(f"补助标准300元/{per}，执行。") == [f"300 元/{per}"]


@given(st.integers(1, 8), st.sampled_from(["{}个", "{}十家", "{}百户", "{}千万元", "{}成"]))
def test_two_numbers_side_by_side_are_the_ends_of_a_range(low: int, frame: str) -> None:
    found, ends = (
        quantities.find("约" + frame.format(said) + "。")
        for said in (in_characters(low) + in_characters(low + 1), in_characters(low + 1))
    )
    assert [q.qualifier for q in found] == ["以上", "以下"]
    assert found[1].value == ends[0].value
    assert found[0].value / low == found[1].value / (low + 1)


@given(st.integers(11, 99), st.sampled_from([u["notation"] for u in UNITS if u.get("counter")]))
def test_longer_numerals_in_characters_read_back_before_every_counter(number: int, unit: str) -> None:
    found = quantities.find(f"共有{in_characters(number)}{unit}。")
    assert [(q.value, q.unit) for q in found] == [(number, unit)]


@given(st.integers(0, 10**12))
def test_whole_numbers_read_back_digit_by_digit(number: int) -> None:
    assert numerals.integer(str(number)) == number
    assert numerals.number(f"{number:,}") == number


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_myriads_add_up(high: int, low: int) -> None:
    def said(n: int) -> str:
        parts = [(n // 1000, "千"), (n // 100 % 10, "百"), (n // 10 % 10, "十"), (n % 10, "")]
        return "".join(f"{d}{s}".translate(CHARACTERS) for d, s in parts if d)

    assert numerals.integer(said(high) + "万" + said(low)) == high * 10000 + low


@pytest.mark.parametrize("written", ["亿元", "万吨", "元", "千米", "万千瓦", "㎡", "万立方米/日"])
def test_scale_is_taken_out_of_a_unit(written: str) -> None:
    read = quantities.find(f"共2.5{written}")[0]
    assert values.base(Decimal("2.5"), written) == (read.value, read.unit)


def test_a_number_in_a_date_or_a_name_is_no_quantity() -> None:
    assert amounts("7月23日21时50分，第12届赛事在5A级景区开赛，PM2.5达标。") == []


def test_a_fall_to_a_level_keeps_level_and_fall_apart() -> None:
    found = values.find("同比下跌2.3%至376.1元", DAY)
    assert [str(c.value) for c in found.changes] == ["-2.3"]
    assert [str(q.value) for q in found.quantities] == ["376.1"]


def test_an_index_needs_no_unit() -> None:
    assert amounts("空气质量综合指数为4.13，水质指数分别为4.9、4.8") == ["4.13 ", "4.9 ", "4.8 "]


def test_bad_days_date_nothing() -> None:
    assert spans("2025年2月30日") == []
    assert periods.find("今年上半年", None)[0] == []
