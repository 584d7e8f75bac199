"""What holds for every page, whatever it says: it is read, and each proof is its quotation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.model import Extraction

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
# What pages are made of, in orders that no page has.
WORDS = """
太原市 忻州市 我市 全省 山西焦煤集团有限责任公司 省生态环境厅 王大为 高岭土 日本 “十四五”规划 经济技术开发区
智慧农业项目 2025年 上半年 1至6月 去年同期 同比 环比 增长 下降 达到 突破 力争 从四个 扩大至 八个 13.67亿元
25.5% 3.2个百分点 百分之五 第3位 出口额 出口 进口 生产 位于 建设 签约 与 和 的 在 为 万 亿 元 1 0 A % 、
， 。 ； ： （ ） “ ” 《 》 . ,
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n\n", "\u3000"])
PAGES = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60))


def holds(read: Extraction) -> None:
    """The laws."""
    text, names = read.page.text, {e.key for e in read.entities}
    assert len(names) == len(read.entities)
    for article in read.articles:
        assert 0 <= article.span.start < article.span.end <= len(text)
    proofs = [proof for fact in read.facts for proof in fact.evidence]
    proofs += [proof for figure in read.observations for proof in figure.evidence]
    for proof in proofs:
        assert proof.quote.strip()
        assert proof.quote == text[proof.span.start : proof.span.end]
    for fact in read.facts:
        assert {fact.subject, fact.object} <= names
        assert fact.evidence
        assert 0 < fact.confidence <= 1
    for figure in read.observations:
        assert figure.subject in names
        assert figure.metric
        assert figure.evidence
        assert (figure.value, figure.change, figure.rank) != (None, None, None)
        assert not figure.period or figure.period[0] <= figure.period[1]


@settings(deadline=None, max_examples=60)
@given(PAGES)
def test_any_page_is_read_and_proved(text: str) -> None:
    page = kg.read_page(text, "2025-08-02")
    holds(page)
    assert kg.read_page(text, "2025-08-02") == page


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_the_seeds_are_read_and_proved(path: Path) -> None:
    holds(kg.read_page(path))


@pytest.mark.parametrize(
    ("text", "named", "unnamed"),
    [
        ("记者沿着滹沱河采访。", {"滹沱河"}, set[str]()),
        ("公司负责人说，欧洲和滹沱河一样美。", {"滹沱河"}, {"欧洲"}),
        ("东北有雪。东北地区多云。", {"东北地区"}, {"东北"}),
        ("他走进市场买高岭土。", set[str](), {"高岭土"}),
        ("高岭土好。他爱高岭土，也懂高岭土，更卖高岭土。", {"高岭土"}, set[str]()),
        ("福州至厦门至漳州高速铁路开工。", set[str](), {"厦门市"}),
    ],
)
def test_what_nothing_is_said_of_counts_where_it_is_the_pages_own(
    text: str, named: set[str], unnamed: set[str]
) -> None:
    names = {e.name for e in kg.read_page(text, "2025-08-02").entities}
    assert named <= names
    assert not unnamed & names
