"""Pages laid out: furniture, articles, cut sentences, date and home place; and the law of the partition."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import pages, read_page, rules
from kg.model import Article, Issue, Page, Sentence
from kg.pages import origin
from kg.pages.blocks import furniture

PRINTED = """
# 临江城建投资回升

今年上半年,临江市固定资产投资完成713亿元。(来源:江南经济网)

# 临江日报

2024年7月16日 星期二 农历甲辰年六月十一
LINJIANG DAILY

中共临江市委主管主办 国内统一连续出版物号:CN00-0000 第8012期 今日4版

## 我市上半年外贸出口创新高

本报讯 (记者王小明)据临江海关发布的数据,上半年,我市出口额13.67亿元,同比增长25.5%。海关联合有关部门深入企业开展



江南重工有限公司生产车间。 李四摄

政策宣讲,全力保障企业生产经营。

## 白沙开发区:多措并举促转型

### 项目建设提速

白沙开发区今年实施新建项目12个,总投资30.41亿元。

## 白沙街道办事处关于征集老物件的通告

征集时间为2024年8月,详情请电话咨询。

白沙街道办事处
2024年7月10日

## 保障供电服务

本报讯 (记者张三)7月15日,临江供电公司抢修一新。

责任编辑:赵六
"""

INTERLEAVED = """## 大气质量改善

本报讯 2月5日,市环境局介绍了2025年有关情况。(记者甲乙)

## 甲县公交更新

本报讯 2月6日,甲县新购电动公交车60辆,全县扎实推进节能工作。

本报讯 2月7日,我市坚决贯彻部署,扎

## 专项工作见成效

实推进试点建设,项目达226个。(张勇)
"""

WRAPPED = """本报江城 11 月 18日讯（记
者 王小明）据江城海关统计，今
年前 10个月，我省外贸进出口总
值 1455.3 亿元，增长 5.9%。

主要商品中，电工器材出口21.8
亿元，农产品出口 14.9

亿元，增长43%。各类金属矿砂、煤
炭、大豆进口量都有较大的增长。

江
城
外
贸
进
出
口
增
长

本报河西 11 月 18日讯（记者
李四）近日，首届煤炭产业大会在
河西市举行，全国的企业都来参加
会议，签约项目 11 个。

煤炭产业大会在河西市举行
"""

ROUNDUP = """国内联播快讯
央视网消息（新闻联播）：
1—4月国有企业利润增长
财政部数据显示，1—4月国有企业利润总额14388.1亿元。
某高铁进入运行试验
今天（5月28日），某高铁进入运行试验阶段，工期五年。
"""

WEB = """全市旅游收入增长8%- 某某商网
首页
新闻
全市旅游收入增长8%
2019年03月04来源：某某网
分享到：
QQ空间
记者从市文旅局获悉，去年全市旅游收入88亿元。
假日经济升温
春节期间接待游客45.6万人次。
相关报道
·甲县招商成效显著
·乙县外贸增长
"""


def lay(text: str, name: str = "page.txt") -> tuple[Issue, tuple[Article, ...], tuple[Sentence, ...]]:
    return pages.layout(Page(name, text, "0" * 64))[:3]


def titles(text: str) -> list[str | None]:
    articles = lay(text)[1]
    return [a.title and "".join(text[a.title.start : a.title.end].split()) for a in articles]


def body(text: str, article: int) -> str:
    return "".join(s.text for s in lay(text)[2] if s.article == article and s.role == "body")


def test_articles_of_a_printed_page() -> None:
    assert titles(PRINTED) == [
        "临江城建投资回升",
        "我市上半年外贸出口创新高",
        "白沙开发区:多措并举促转型",
        "保障供电服务",
    ]
    assert "深入企业开展政策宣讲" in body(PRINTED, 2)
    captions = [s.text for s in lay(PRINTED)[2] if s.role == "caption"]
    assert captions == ["江南重工有限公司生产车间。"]
    kinds = {kind for kind, _, _ in pages.parts(Page("p", PRINTED, ""))}
    assert {"masthead", "notice", "staff", "title", "subhead", "body", "caption"} <= kinds


def test_a_sentence_cut_by_another_column_is_put_together() -> None:
    assert titles(INTERLEAVED)[-1] == "专项工作见成效"
    assert "扎实推进试点建设,项目达226个。" in body(INTERLEAVED, 3)


def test_hard_wrapped_pages_with_headlines_after_their_text() -> None:
    assert titles(WRAPPED) == ["江城外贸进出口增长", "煤炭产业大会在河西市举行"]
    assert "我省外贸进出口总值1455.3亿元" in body(WRAPPED, 1)
    assert "农产品出口14.9亿元，增长43%。" in body(WRAPPED, 1)


def test_a_few_hard_wrapped_lines_are_one_paragraph() -> None:
    text = """永平县核桃出口增长18.6%
本报讯（记者 何川）记者从大理海关获悉，2024年前五个月，永平
县核桃出口2.4亿元，同比增长18.6%，占全州核桃出口总值的62.1%
，居全州第1位。宏达公司投资8000万元新建的核桃油生产线已于4月
投产。
"""
    _, articles, sentences = lay(text)
    assert len(articles) == 1
    assert len([s for s in sentences if s.role == "body"]) == 2


def test_a_share_carries_on_a_sentence_cut_by_an_advertisement() -> None:
    text = """## 城区外贸增长9.8%

本报讯 今年前四个月，全市蔬菜出口12.4亿元，占全市出口总值的

图为工人在分拣鲜花。 钱一鸣 摄

公益广告

讲文明 树新风

68.3%，增长15.2%。
"""
    assert "占全市出口总值的68.3%，增长15.2%。" in [s.text.rpartition("亿元，")[2] for s in lay(text)[2]]


def test_every_headline_of_a_roundup_opens_an_article() -> None:
    assert titles(ROUNDUP) == ["1—4月国有企业利润增长", "某高铁进入运行试验"]


def test_web_furniture_is_no_news() -> None:
    issue, articles, sentences = lay(WEB)
    assert issue.published == "2019-03-04"
    assert len(articles) == 1
    assert [s.text for s in sentences if s.role != "body"] == ["全市旅游收入增长8%", "假日经济升温"]
    assert not any("招商" in s.text for s in sentences)


@pytest.mark.parametrize(
    ("text", "name", "published", "inferred"),
    [
        (PRINTED, "p.txt", "2024-07-16", False),
        ("某某日报\n农历乙巳年闰六月初九\n本报讯 全市外贸增长8%。", "p.txt", "2025-08-02", False),
        ("忻州日报 2025年8月2日\n会议昨天召开。", "p.txt", "2025-08-02", False),
        ("《忻州日报》2025-08-02 星期六 A3\n会议昨天召开。", "p.txt", "2025-08-02", False),
        ("来源：忻州日报 2025年8月2日\n会议昨天召开。", "p.txt", "2025-08-02", False),
        ("发布时间:2026-02-09 11:14:52\n全市外贸增长8%。", "p.txt", "2026-02-09", False),
        ("2018年8月6日讯，全县签约项目11个。", "p.txt", "2018-08-06", False),
        ("全市外贸增长8%。", "jjrb_20230327.txt", "2023-03-27", False),
        ("全市外贸增长8%。某某市人民政府2025年3月22日", "p.txt", "2025-03-22", False),
        ("本报江城11月18日讯 2024年底前，完成普查。", "p.txt", "2024-11-19", True),
        ("2月5日，市环境局通报，2025年1月至12月优良天数282天。", "p.txt", "2026-02", True),
        ("4月2日召开会议。今年是“十四五”规划收官之年。", "p.txt", "2025-04", True),
        ("2016年某某国国务院政府工作报告\n就业总体稳定。", "p.txt", "2016-03", True),
        ("全市外贸增长8%。", "p.txt", None, True),
    ],
)
def test_issue_date(text: str, name: str, published: str | None, inferred: bool) -> None:
    issue = lay(text, name)[0]
    assert (issue.published, issue.inferred) == (published, inferred)


@pytest.mark.parametrize(
    ("issued", "dateline", "dated"),
    [
        ("2024年11月19日", "本报江城11月18日讯", "2024-11-18"),
        ("2025年1月1日", "新华社江城12月31日电", "2024-12-31"),
        ("2025年1月1日", "新华社江城2023年12月31日电", "2023-12-31"),
        ("2024年11月19日", "11月19日讯，", None),
        ("2024年11月19日", "本报讯", None),
        ("2024年11月19日", "本报江城2月30日讯", None),
    ],
)
def test_an_article_is_dated_by_its_dateline(issued: str, dateline: str, dated: str | None) -> None:
    issue, articles, _ = lay(f"晋川日报 {issued}\n{dateline} 全市外贸增长8%。\n")
    assert issue.published == "-".join(part.zfill(2) for part in re.findall(r"\d+", issued))
    assert [article.dated for article in articles] == [dated]


def test_periods_are_counted_from_the_dateline() -> None:
    text = "太原日报 2025年1月1日 星期三\n本报太原12月31日讯 今年，太原市出口额13.67亿元。\n"
    (figure,) = read_page(text).observations
    assert [day.year for day in figure.period or ()] == [2024, 2024]


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("太原日报\n2024年7月16日 星期二\n本报讯 会议昨天召开。", "140100"),
        ("忻州日报 2025年8月2日\n本报讯 会议昨天召开。", "140900"),
        ("怀仁报2016年3月4日\n本报讯 会议昨天召开。", "140681"),
        ("怀仁县经济增长，我县签约项目12个。", "140681"),
        ("绵阳市工业增长，我市总产值达459亿元。", "510700"),
        ("4月16日，太原海关发布数据，一季度我省进出口240.3亿元。山西省出口增长。", "140000"),
        ("浏阳市开展招标，规范我市物业市场。", "430181"),
        ("本报鄂尔多斯讯 我区首个基地开工，自治区领导出席。达拉特旗承建。", "150000"),
        ("本报大同8月17日讯 该市工业增速居全省首位，平城、云冈两区增长8%。", "140000"),
        ("本报大同8月17日讯 大同市工业增长，该市出口增长8%。", "140200"),
        ("我市外贸增长，离石、方山、交口等县区签约项目12个。", "141100"),
        ("我市外贸增长，离石、方山等县区与文水、怀仁、应县、山阴签约。", None),
        ("国际油价昨天上涨8%。", None),
        ("长白山脚下，吉林市旅游升温，全市接待游客100万人次。长白山、长白山景区客流增长。", "220200"),
        ("我市工业增长，时堰、梁垛、头灶、富安、五烈、三仓、弶港7个镇增幅超20%，总数居盐城第一。", "320981"),
        ("央视网消息：江苏省苏州市企业增长，全市出口增长8%。", None),
    ],
)
def test_home_place(text: str, home: str | None) -> None:
    assert lay(text)[0].home == home


def test_metadata_name_the_paper() -> None:
    read = Page("p.jsonl#1", "本报讯 全市外贸增长8%，长治市代表团到访。\n", "0", source="忻州日报")
    assert pages.layout(read)[0].home == "140900"


def test_metadata_give_the_headline_that_the_text_lacks() -> None:
    body = "本报讯 全市外贸增长8%。\n"
    found = [
        pages.layout(Page("p.jsonl#1", text, "0", title="外贸增长"))[1] for text in (body, "快讯\n" + body)
    ]
    assert [[(a.title is None, a.headline) for a in articles] for articles in found] == [
        [(True, "外贸增长")],
        [(False, None)],
    ]


def test_an_article_about_a_smaller_place_has_its_own_home() -> None:
    page = (
        "山西日报\n2024年11月19日 星期二\n"
        "## 前10个月我省外贸增长\n本报讯 我省出口894.9亿元。\n"
        "## 煤炭大会举行\n本报讯 大会在晋城市举行，引领全市发展。\n"
    )
    issue, articles, _ = lay(page)
    assert issue.home == "140000"
    assert [a.home for a in articles] == [None, "140500"]


def test_a_page_without_running_text_says_so() -> None:
    *_, problems = pages.layout(Page("p.txt", "首页\n分享到：\nQQ空间\n", ""))
    assert "no article found" in [p.message for p in problems]


def test_a_line_of_text_is_an_article() -> None:
    assert [s.text for s in lay("江南重工出口电机")[2]] == ["江南重工出口电机"]


@pytest.mark.parametrize("rule", rules.table("pages")["line"], ids=lambda rule: rule["kind"])
def test_line_rules_prove_themselves(rule: dict[str, list[str]]) -> None:
    assert [furniture(line) for line in rule["finds"]] == [rule["kind"]] * len(rule["finds"])
    assert rule["kind"] not in [furniture(line) for line in rule["skips"]]


def _rules(found: object, path: str = "pages") -> Iterator[tuple[str, dict[str, Any]]]:
    """All rules of pages.toml that hold a pattern, by their place, those of lines apart."""
    if isinstance(found, dict):
        if "pattern" in found:
            yield path, found
        for key, inner in found.items():
            yield from _rules(inner, f"{path}.{key}")
    elif isinstance(found, list) and not path.endswith("line"):
        for n, inner in enumerate(found):
            yield from _rules(inner, f"{path}[{n}]")


@pytest.mark.parametrize(
    ("place", "rule"), list(_rules(rules.table("pages"))), ids=lambda value: str(value)[:30]
)
def test_rules_prove_themselves(place: str, rule: dict[str, Any]) -> None:
    if place.startswith("pages.origin"):
        assert [[text, origin.read(rule["at"], text)] for text, _ in rule["finds"]] == rule["finds"]
        assert [origin.read(rule["at"], text) for text in rule["skips"]] == [None] * len(rule["skips"])
        return
    assert [text for text in rule["finds"] if not re.search(rule["pattern"], text)] == []
    assert [text for text in rule["skips"] if re.search(rule["pattern"], text)] == []
    assert rule["finds"]
    assert rule["skips"]


LINES = st.sampled_from(
    [
        *PRINTED.splitlines(),
        *INTERLEAVED.splitlines(),
        *WRAPPED.splitlines(),
        *WEB.splitlines(),
        "字",
        "\u200b",
        "# ",
    ]
)
TEXTS = st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=25).map("\n".join)


@settings(deadline=None)
@given(TEXTS)
def test_every_character_belongs_to_exactly_one_part(text: str) -> None:
    edges = [(span.start, span.end) for _, _, span in pages.parts(Page("p", text, ""))]
    assert [start for start, _ in edges] == [0, *(end for _, end in edges[:-1])][: len(edges)]
    assert (edges[-1][1] if edges else 0) == len(text)


@settings(deadline=None)
@given(TEXTS)
def test_sentences_stand_where_they_say(text: str) -> None:
    _, articles, sentences, _ = pages.layout(Page("p", text, ""))
    numbers = [article.number for article in articles]
    assert numbers == list(range(1, len(articles) + 1))
    for sentence in sentences:
        assert sentence.article in numbers
        assert sentence.text
        assert len(sentence.text) == len(sentence.offsets)
        assert set(sentence.offsets) <= set(range(len(text)))
