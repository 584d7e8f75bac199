"""Figures: whose, what, how much, of when; behaviours on sentences written for the purpose.

In the texts `[甲市|City]` is a name with its class; `我市`, `全市` and `该公司` are left to the reader.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kg import observations
from kg.model import (
    Article,
    Document,
    Entity,
    Issue,
    Mention,
    Observation,
    Page,
    Problem,
    Rank,
    Sentence,
    Span,
)
from kg.observations import owners
from kg.rules import table

CUES = table("cues")
NAME = re.compile(r"\[(?P<name>[^|\]]+)\|(?P<type>\w+)\]")
PREFIXES = {"Project": "project", "City": "place", "County": "place", "Province": "place"}
HOME = Entity("place:甲市", "City", "甲市")


def document(
    *paragraphs: str, title: str = "", day: str | None = "2025-08-02", home: Entity | None = HOME
) -> Document:
    """A page of one article; each paragraph is cut into sentences at 。 and ；."""
    text, sentences, mentions, entities = "", [], [], {HOME.key: HOME}
    for number, (role, marked) in enumerate(
        [*([("title", title)] if title else []), *(("body", p) for p in paragraphs)]
    ):
        for piece in re.findall(r"[^。；]+[。；]?", marked):
            plain, found = "", []
            last = 0
            for m in NAME.finditer(piece):
                plain += piece[last : m.start()]
                name, kind = m["name"], m["type"]
                key = f"{PREFIXES.get(kind, 'ent')}:{name}"
                entities[key] = Entity(key, kind, name)
                found.append(Mention(len(plain), len(plain) + len(name), name, kind, name, entity=key))
                plain, last = plain + name, m.end()
            plain += piece[last:]
            offsets = tuple(range(len(text), len(text) + len(plain)))
            sentences.append(Sentence(plain, offsets, 1, number, role))
            mentions.append(tuple(found))
            text += plain
        text += "\n"
    article = Article(1, None, (("body", Span(0, len(text))),))
    page = Page("page.txt", text, "0" * 64)
    entity = tuple(entities.values())
    return Document(page, Issue(day), (article,), tuple(sentences), tuple(mentions), entity, home)


def find(*paragraphs: str, **kwargs: Entity | str | None) -> list[Observation]:
    return observations.find(document(*paragraphs, **kwargs))[0]


def figures(*paragraphs: str, **kwargs: Entity | str | None) -> list[str]:
    return [f"{o.metric} {o.value} {o.unit}" for o in find(*paragraphs, **kwargs)]


def problems(*paragraphs: str) -> list[Problem]:
    return observations.find(document(*paragraphs))[1]


def left_over(text: str) -> list[str]:
    return [p.message.rpartition(": ")[2] for p in problems(text)]


def owned(text: str) -> list[str]:
    marked = text.replace("乙县", "[乙县|County]").replace("丙公司", "[丙公司|Enterprise]")
    return list(dict.fromkeys(o.subject.partition(":")[2] for o in find(marked) if o.value is not None))


READERS: list[tuple[dict[str, Any], Callable[..., list[str]]]] = [
    (CUES["skip"], left_over),
    (CUES["figure"], figures),
    (CUES["metric"], figures),
    (CUES["subject"], owned),
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
    assert read(text) == []


def one(*paragraphs: str, **kwargs: Entity | str | None) -> Observation:
    found = find(*paragraphs, **kwargs)
    assert len(found) == 1, found
    return found[0]


def test_a_figure_has_value_unit_period_change_and_proof() -> None:
    text = "今年上半年，全市出口额13.67亿元，同比增长25.5%。"
    found = one(text)
    assert (found.subject, found.metric, found.value, found.unit) == (
        "place:甲市",
        "出口额",
        1367000000,
        "元",
    )
    assert found.value_text == "13.67亿元"
    assert found.period == (date(2025, 1, 1), date(2025, 6, 30))
    assert (str(found.change), found.change_unit, found.change_basis) == ("25.5", "%", "同比")
    assert found.kind == "Actual"
    proof = found.evidence[0]
    assert proof.quote == "全市出口额13.67亿元，同比增长25.5%"


def test_every_quote_is_its_span() -> None:
    page = document("[乙县|County]签约项目12个，总投资3亿元。", "全市新建学校7所，居全省第3位。")
    for found in observations.find(page)[0]:
        for proof in found.evidence:
            assert page.page.text[proof.span.start : proof.span.end] == proof.quote


def test_a_quote_begins_and_ends_with_words() -> None:
    found = find("全市培育11家省级绿色工厂、建成公园7座。")
    assert [o.evidence[0].quote for o in found] == ["全市培育11家省级绿色工厂", "建成公园7座"]


def test_a_fall_is_negative_and_level_ground_is_no_growth() -> None:
    assert one("全市进口额3亿元，同比下降2.4%。").change == Decimal("-2.4")
    assert one("全市优良率80%，与2024年持平。").change == 0


def test_what_stands_behind_to_is_a_level() -> None:
    found = one("全市装机规模增长至302.98万千瓦。")
    assert (found.value, found.unit, found.change) == (3029800, "千瓦", None)


def test_growth_without_a_level_is_a_figure() -> None:
    found = one("全市规上工业增加值同比增长4.5%。")
    assert (found.metric, found.value, str(found.change)) == ("规上工业增加值", None, "4.5")


def test_growth_of_growth_is_a_figure_of_the_growth() -> None:
    found = find("上半年，全市生产总值459亿元，同比增长1.8%，较一季度加快2.7个百分点。")
    assert [(o.metric, str(o.change), o.change_basis) for o in found] == [
        ("生产总值", "1.8", "同比"),
        ("生产总值增速", "2.7", "较一季度"),
    ]


def test_values_are_dealt_out_in_order() -> None:
    found = find("太阳能电池、煤炭、织物分别出口21.6亿元、7.8亿元、7.6亿元，分别增长23%、18%、7%。")
    assert [(o.metric, o.value, o.change) for o in found] == [
        ("太阳能电池出口", 2160000000, 23),
        ("煤炭出口", 780000000, 18),
        ("织物出口", 760000000, 7),
    ]


def test_owners_are_dealt_out_in_order() -> None:
    found = find("[乙县|County]、[丙县|County]粮食产量分别为3万吨、2万吨。")
    assert [(o.subject, o.metric, o.value) for o in found] == [
        ("place:乙县", "粮食产量", 30000),
        ("place:丙县", "粮食产量", 20000),
    ]


def test_a_year_for_each_value() -> None:
    found = find("2023年至2025年，全市水质指数分别为4.9、4.8、4.7。")
    assert [(str(o.value), o.unit, o.period and o.period[0].year) for o in found] == [
        ("4.9", None, 2023),
        ("4.8", None, 2024),
        ("4.7", None, 2025),
    ]


def test_an_ordered_list_gives_ranks() -> None:
    found = find("优良天数由多到少依次为：[乙县|County]、[丙县|County]、[丁县|County]。")
    assert [(o.subject, o.metric, o.rank) for o in found] == [
        ("place:乙县", "优良天数", 1),
        ("place:丙县", "优良天数", 2),
        ("place:丁县", "优良天数", 3),
    ]


def test_a_list_counts_those_it_does_not_know_and_passes_over_notes() -> None:
    text = "优良天数由低到高依次为:[乙县|County](不含[丁镇|Township])、新区、[丙县|County](含[戊县|County])。"
    assert [(o.subject, o.metric, o.rank) for o in find(text)] == [
        ("place:乙县", "优良天数", 1),
        ("place:丙县", "优良天数", 3),
    ]


def test_a_rank_joins_its_figure() -> None:
    assert one("全市新增企业102家，居全省第一。").rank == 1


def test_a_rank_of_several_is_each_ones() -> None:
    found = find("[乙县|County]、[丙县|County]进出口总值居全省前3位。")
    assert [(o.subject, o.metric, o.rank, o.qualifier) for o in found] == [
        ("place:乙县", "进出口总值", 3, "以上"),
        ("place:丙县", "进出口总值", 3, "以上"),
    ]


def test_a_rank_is_each_ones_of_a_counted_list() -> None:
    found = find(
        "除[乙县|County]，全市还有[丙县|County]、[丁县|County]2地进入水质改善程度前20,其中丙县最好。"
    )
    assert [(o.subject, o.metric, o.rank) for o in found] == [
        ("place:丙县", "水质改善程度", 20),
        ("place:丁县", "水质改善程度", 20),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[丙公司|Enterprise]是全国最大的铜箔生产商。", [("ent:丙公司", "铜箔生产商规模", 1)]),
        ("全省海拔最高的[云顶电站|Project]开工。", [("project:云顶电站", "海拔", 1)]),
        ("[丙公司|Enterprise]是全国最大的铜箔生产商之一。", []),
        ("全市电子产业增速全省第二。", [("place:甲市", "电子产业增速", 2)]),
        ("全市水质稳居全省前列。", []),
    ],
)
def test_who_is_first_in_its_field(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert [(o.subject, o.metric, o.rank) for o in find(text)] == expected


def test_a_rate_stands_before_what_it_is_of() -> None:
    assert figures("全市樱桃创下每公斤88元的售价纪录。") == ["每公斤售价纪录 88 元"]
    assert figures("全市补助标准为每人每月300元。") == ["每人每月补助标准 300 元"]
    assert figures("全市樱桃售价88元/公斤。") == ["樱桃售价 88 元/公斤"]


def test_the_class_of_water_is_part_of_the_metric() -> None:
    assert figures("全市Ⅰ—Ⅲ类断面比例为92.5%，劣Ⅴ类断面占3%。") == [
        "Ⅰ—Ⅲ类断面比例 92.5 %",
        "劣Ⅴ类断面占比 3 %",
    ]
    assert figures("全市水质稳定达到Ⅱ类。") == []


def test_a_place_in_an_order_leaves_its_field_out() -> None:
    assert one("全市投资总额全省排名第三。").metric == "投资总额"


def test_a_number_rising_from_another_is_not_of_its_time() -> None:
    found = find("截至6月末，全市库存由去年的400万吨上升至700万吨。")
    assert [o.period and o.period[1] for o in found] == [date(2024, 12, 31), date(2025, 6, 30)]


def test_a_share_is_of_the_figure_before() -> None:
    found = find("全市进出口24亿元，占全省的9.2%，增长8%。")
    assert [(o.metric, o.change) for o in found] == [("进出口", 8), ("进出口占全省比重", None)]


def test_a_range_is_two_bounds() -> None:
    assert [(o.value, o.qualifier) for o in find("全市建设基地3至5个。")] == [(3, "以上"), (5, "以下")]


def test_the_owner_may_follow() -> None:
    found = one("总投资5.2亿元的[扩建项目|Project]开工。")
    assert (found.subject, found.metric, found.kind) == ("project:扩建项目", "总投资", "Actual")


def test_the_capacity_in_a_name_is_a_figure() -> None:
    found = one("[年产6000吨石英管项目|Project]奠基。")
    assert (found.metric, found.value, found.kind) == ("年产能", 6000, "Target")


def test_outcomes_of_works_to_come() -> None:
    found = find("[扩建项目|Project]总投资2亿元。项目建成后，年产值可达5亿元，年产钢管10万吨。")
    assert [(o.metric, o.kind) for o in found] == [
        ("总投资", "Actual"),
        ("年产值", "Forecast"),
        ("钢管年产量", "Target"),
    ]
    assert {o.subject for o in found} == {"project:扩建项目"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("今年，全市将加快发展新业态，打造特色产业带6个。", ["Target"]),
        ("全市要开工建设6个项目，建设里程472公里。", ["Target", "Target"]),
        ("全市产值将由去年的4亿元增长到5亿元。", ["Actual", "Target"]),
        ("主要建设内容：新建住房100套、幼儿园1所。", ["Target", "Target"]),
        ("全市对总额不低于700万元的项目予以奖励。", ["Target"]),
        ("“十六五”期间，全市电网投资155亿元。", ["Target"]),
        ("“十四五”期间，全市累计完成电网投资155亿元。", ["Actual"]),
        ("项目相继投产，全市先进产能占比达到90%。", ["Actual"]),
        ("截至目前，项目累计发电量530亿千瓦时。", ["Actual"]),
        ("全市将种植面积增加到了10万亩。", ["Actual"]),
        ("7月18日发布公告称，全市拟投资4000万元改造公园。", ["Target"]),
        ("项目今日建成投产，全市每年消纳电力10亿千瓦时。", ["Actual"]),
    ],
)
def test_a_cue_holds_as_far_as_a_reader_takes_it(text: str, kinds: list[str]) -> None:
    assert [o.kind for o in find(text)] == kinds


def test_a_goal_goes_on_in_what_is_bidden_alone() -> None:
    found = find("确保投资完成713亿元。新建学校7所。参展企业30家，展位200个。")
    assert [o.kind for o in found] == ["Target", "Target", "Actual", "Actual"]


def test_goals_hold_for_their_paragraph_only() -> None:
    found = find("确保全年投资完成713亿元以上。新建学校7所。", "全市共有公园30座。")
    assert [o.kind for o in found] == ["Target", "Target", "Actual"]


def test_a_list_inherits_its_period() -> None:
    found = find("今年前10个月，全市进出口14亿元。其中，出口8亿元；进口6亿元。")
    assert {o.period for o in find("今年前10个月，全市进出口14亿元。其中，出口8亿元；进口6亿元。")} == {
        (date(2025, 1, 1), date(2025, 10, 31))
    }
    assert len(found) == 3


def test_nothing_dated_has_no_period() -> None:
    assert one("全市共有公园30座。").period is None


def test_spring_tells_of_the_whole_year_that_is_past() -> None:
    past, ahead = "全年进出口总额2万亿美元。", "力争全年进出口总额达到3万亿美元。"
    assert one(past, day="2010-03").period == (date(2009, 1, 1), date(2009, 12, 31))
    assert one(ahead, day="2010-03").period == (date(2010, 1, 1), date(2010, 12, 31))


def test_a_year_that_dates_a_list_dates_all_of_it() -> None:
    found = find("全市汽车、电池产量由2020年的6万辆、9万辆增至2024年的8万辆、12万辆。")
    assert [o.period and o.period[0].year for o in found][:2] == [2020, 2020]


def test_a_year_compared_with_dates_nothing() -> None:
    assert one("全市水质优良比例为100%，较2024年提高16.7%。").period is None


def test_a_headline_and_its_body_are_one_figure() -> None:
    found = one("上半年，全市出口额13.67亿元，同比增长25.5%。", title="全市出口额13.67亿元")
    assert len(found.evidence) == 2


def test_a_headline_that_rounds_is_none() -> None:
    assert one("全市接待游客45.6万人次。", title="全市接待游客超45万人次").value == 456000


def test_without_an_issue_date_only_years_are_read() -> None:
    assert one("今年上半年，全市出口额3亿元。", day=None).period is None
    assert one("2023年，全市出口额3亿元。", day=None).period == (date(2023, 1, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "全市连续六年达标。",
        "第十二届大赛开幕。",
        "深入推进一带一路建设。",
        "实现四降两平。",
        "打造千亿级集群。",
        "7月23日21时50分开会。",
    ],
)
def test_streaks_numbering_slogans_and_clocks_are_no_figures(text: str) -> None:
    assert find(text) == []


def test_an_article_may_be_about_a_place_within_the_papers_own() -> None:
    home = Entity("place:甲省", "Province", "甲省")
    found = find("[乙市|City]外贸向好。", "上半年，出口额3亿元。", home=home)
    assert [o.subject for o in found] == ["place:乙市"]


def test_what_is_left_over_is_told_with_its_place() -> None:
    page = document("全市连续6年达标。")
    _, notes = observations.find(page)
    assert [(n.severity, n.span and page.page.text[n.span.start : n.span.end]) for n in notes] == [
        ("note", "6年")
    ]


def test_the_owner_is_weighed_among_the_names_at_hand() -> None:
    seen: list[owners.Features] = []

    def choose(figure: owners.Figure, features: owners.Features) -> tuple[str, float]:
        seen.append(features)
        return owners.best(figure, features, {"here after seat": 2.0, "guess": 1.0})

    page = document("[丙公司|Enterprise]扩大生产，在[乙县|County]投资3亿元。")
    assert [o.subject for o in observations.find(page, choose)[0]] == ["place:乙县"]
    features = seen[0]
    assert {"sentence", "sentence after opening", "guess", "guess: firm"} <= set(features["ent:丙公司"])
    assert {"here", "here after seat", "here, 0 names between"} <= set(features["place:乙县"])


def test_of_owners_as_good_the_first_guess_stays() -> None:
    figure = owners.Figure("", Rank(0, 1, "", 1), "", "b")
    assert owners.best(figure, {"a": ["here"], "b": ["here"], "c": []}, {"here": 1.0})[0] == "b"


def test_a_statistic_of_territories_is_no_firms() -> None:
    assert one("[丙公司|Enterprise]扎根当地，财政收入3亿元。").subject == HOME.key


def test_a_report_of_a_government_tells_of_the_year_past_and_plans_the_present() -> None:
    told = find(
        "全市完成投资3亿元。", "今后力争投资4亿元。", title="2025年甲市人民政府工作报告", day="2025-03"
    )
    assert [o.period and o.period[0].year for o in told] == [2024, 2025]


def test_nothing_that_is_lies_ahead() -> None:
    *_, after = find("到2030年，力争投资4亿元。目前拥有企业12家。")
    assert after.period is None or after.period[0].year <= 2025


def test_a_month_for_each_value() -> None:
    found = find("2025年1—3月，全市粗钢产量分别为3万吨、4万吨和5万吨。")
    assert [o.period and o.period[1].day for o in found] == [31, 28, 31]


def test_a_headline_is_not_repeated_in_other_words() -> None:
    assert [o.metric for o in find("全市新建公路里程达到318公里。", title="今年修路318公里")] == [
        "新建公路里程"
    ]


def test_a_figure_that_is_hardly_right_is_left_out_with_a_note() -> None:
    page = document("全市粮食产量3亿吨。")
    kept, _ = observations.find(page, believe=lambda *_: 0.9)
    left, notes = observations.find(page, believe=lambda *_: 0.01)
    assert [o.confidence for o in kept] == [0.9]
    assert not left
    assert [n.message for n in notes] == ["no figure made of 3亿吨: unlikely to be right"]


UNITS = [
    "增长5%，",
    "第1位",
    "占的",
    "2025年1月",
    "一二三",
    "1,",
    "12个项目、",
    "由高到低",
    "1-2-",
    "自2020年获批",
    "全市",
    "（",
    "三四",
    "数百至",
    "千",
    "1亿1",
    "全国最",
    "每人",
    "正月初一至",
    "“五一中秋",
]


def test_a_change_that_nobody_owns_is_told() -> None:
    _, problems = observations.find(document("利润同比增长8.0%。", home=None))
    told = [p.message for p in problems]
    assert told == ["no figure made of 增长8.0%: it goes with no figure, owner or term"]


@pytest.mark.parametrize("unit", UNITS)
def test_reading_time_grows_with_length_alone(unit: str) -> None:
    def seconds(length: int) -> float:
        page = document(unit * (length // len(unit)))
        begun = time.process_time()
        observations.find(page)
        return time.process_time() - begun

    seconds(5_000)
    assert (
        min(seconds(60_000) for _ in range(3)) < 5 * seconds(20_000) + 0.2
    )  # a busy machine slows single runs
