"""Repair and sentence cutting: what it gives, and the laws of its offsets."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import text
from kg.model import Span

CHARACTERS = st.sampled_from(
    list("外贸出口省市AB 1９．％，。；“”《》（）!?\n\t\u3000\u200b\u202e\x00\ufeff摄记者")
)
PAGES = st.text(st.one_of(CHARACTERS, st.characters(codec="utf-8")), max_size=200)


def repaired(page: str, heading: bool = False, spaced: bool = False) -> str:
    return text.clean(page, Span(0, len(page)), heading, spaced)[0]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("农产品出口14.9\n\n亿元", "农产品出口14.9亿元"),
        ("新增装机16 \nGW", "新增装机16GW"),
        ("推动产\n  业升级", "推动产业升级"),
        ("总额１４．１３亿元，增长８％", "总额14.13亿元，增长8%"),
        ("截至2024 年 6 月，", "截至2024年6月，"),
        ("在New York 设厂", "在New York设厂"),
        ("Hong\nKong", "Hong Kong"),
        ("零\u200b宽\u202e字\x00符", "零宽字符"),
        ("“双碳”、《办法》", "“双碳”、《办法》"),
        ("本报记者本报记者 王小明王小明 摄摄", "本报记者 王小明 摄"),
        ("研究研究 再说", "研究研究 再说"),
    ],
)
def test_repairs(printed: str, read: str) -> None:
    assert repaired(printed) == read


def test_spaces_part_words_in_headings_and_on_clean_pages() -> None:
    assert repaired("产业兴旺 生态宜居", heading=True) == "产业兴旺 生态宜居"
    assert repaired("出台“一法” 打好“三战”", heading=True) == "出台“一法” 打好“三战”"
    assert repaired("王小明 李四", spaced=False) == "王小明 李四"
    assert repaired("产 业 兴 旺", spaced=True) == "产业兴旺"


def test_pages_with_stray_spaces_are_told() -> None:
    assert text.spaced("全市 2024 年新建 10 个项目， 总投资 36.4 亿元， 已完成 8 个。")
    assert not text.spaced("全市2024年新建10个项目，总投资36.4亿元。（记者 王小明 李四）")


@pytest.mark.parametrize(
    ("paragraph", "cut"),
    [
        ("外贸增长。出口更快！", ["外贸增长。", "出口更快！"]),
        ("出口8亿元；进口3亿元。", ["出口8亿元；", "进口3亿元。"]),
        ("“质量是关键。要创新。”负责人说。", ["“质量是关键。要创新。”负责人说。"]),
        ("他说：“要创新。”会后签约。", ["他说：“要创新。”", "会后签约。"]),
        ("印发《关于甲；乙的办法》。", ["印发《关于甲；乙的办法》。"]),
        ("一句没有句号", ["一句没有句号"]),
    ],
)
def test_cuts_sentences(paragraph: str, cut: list[str]) -> None:
    assert [paragraph[start:end] for start, end in text.sentences(paragraph)] == cut


@given(PAGES, st.booleans(), st.booleans())
def test_offsets_lead_back_to_the_printed_character(page: str, heading: bool, spaced: bool) -> None:
    read, offsets = text.clean(page, Span(0, len(page)), heading, spaced)
    assert len(read) == len(offsets)
    assert all(a < b for a, b in pairwise(offsets))
    for character, offset in zip(read, offsets, strict=True):
        printed = page[offset]
        assert (
            character == printed or character == unicodedata.normalize("NFKC", printed) or printed.isspace()
        )


@given(PAGES)
def test_nothing_is_lost_but_spaces_controls_and_second_prints(page: str) -> None:
    read, offsets = text.clean(page, Span(0, len(page)))
    lost = {page[i] for i in range(len(page)) if i not in set(offsets)}
    if not any(page[i : i + 3] == page[i + 3 : i + 6] for i in range(len(page))):
        assert all(c.isspace() or unicodedata.category(c) in ("Cc", "Cf") for c in lost)
    assert text.clean(read, Span(0, len(read)))[0] == read or not read.isprintable()


@given(PAGES)
def test_sentences_cover_the_paragraph_in_order(paragraph: str) -> None:
    cut = list(text.sentences(paragraph))
    assert all(a[1] <= b[0] for a, b in pairwise(cut))
    covered = {i for start, end in cut for i in range(start, end)}
    assert all(i in covered for i, c in enumerate(paragraph) if not c.isspace())


def test_no_sentence_is_longer_than_prose_is() -> None:
    listed, endless = "甲公司，" * 1000, "1" * 4001
    for paragraph in (listed, endless):
        cut = [paragraph[start:end] for start, end in text.sentences(paragraph)]
        assert "".join(cut) == paragraph
        assert max(map(len, cut)) <= 2000
    assert {paragraph[-1] for paragraph in (listed[start:end] for start, end in text.sentences(listed))} == {
        "，"
    }
