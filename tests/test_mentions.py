"""Names in sentences: every row of the rules proves itself, and the laws that hold for all mentions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from kg import mentions, rules
from kg.model import Mention, Sentence

TAIYUAN = "140100"


def read(*texts: str, home: str | None = TAIYUAN) -> list[Mention]:
    """The mentions of sentences that follow one another."""
    sentences = [Sentence(t, tuple(range(len(t))), 1, i) for i, t in enumerate(texts)]
    return [m for row in mentions.find(sentences, [home] * len(texts)).mentions for m in row]


def rows() -> Iterator[Any]:
    """Each row of [[head]] and [[pattern]] that carries its proof."""
    for kind in ("head", "pattern"):
        for number, row in enumerate(rules.table("names")[kind], 1):
            yield pytest.param(row, id=f"{kind}{number}-{row['type']}")


@pytest.mark.parametrize("row", [*rows()])
def test_row_finds_what_it_says(row: dict[str, Any]) -> None:
    assert row["finds"], "a row without a proof"
    for text, name in row["finds"].items():
        found = {(m.type, m.text) for m in read(text)}
        assert (row["type"], name) in found, (text, found)


@pytest.mark.parametrize("row", [*rows()])
def test_row_skips_what_it_says(row: dict[str, Any]) -> None:
    for text in row.get("skips", ()):
        assert row["type"] not in {m.type for m in read(text)}, (text, read(text))


STORY = (
    "本报讯(记者李某)7月3日,山西云岭重工机械有限公司与江川银行东林市分行在太原签约。",
    "云岭重工董事长赵启明、市财政局局长钱守义出席签约仪式。",
    "华为、海康、云岭重工等企业参加了第三届“晋材晋用”对接会。",
    "云岭重工三期、四期项目总投资12亿元,落户太原经济技术开发区。",
)


def test_mentions_are_slices_in_order_and_do_not_overlap() -> None:
    sentences = [Sentence(t, tuple(range(len(t))), 1, i) for i, t in enumerate(STORY)]
    found = mentions.find(sentences, [TAIYUAN] * len(STORY))
    for sentence, outer, inner in zip(sentences, found.mentions, found.nested, strict=True):
        assert all(m.text == sentence.text[m.start : m.end] for m in (*outer, *inner))
        assert all(a.end <= b.start for a, b in pairwise(outer))
        assert all(any(o.start <= n.start and n.end <= o.end for o in outer) for n in inner)


def test_reading_twice_gives_the_same() -> None:
    assert read(*STORY) == read(*STORY)


def test_nothing_in_nothing_out() -> None:
    assert read() == []
    assert read("") == []


def names_of(kind: str, *texts: str, home: str | None = TAIYUAN) -> list[str]:
    """The full names of one type, each once."""
    return list(dict.fromkeys(m.name for m in read(*texts, home=home) if m.type == kind))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("市财政局发布通知", "太原市财政局"),
        ("省委召开会议", "中共山西省委"),
        ("市政府印发方案", "太原市人民政府"),
        ("忻州市委主要负责人到会", "中共忻州市委"),
    ],
)
def test_an_organ_without_its_place_takes_the_home(text: str, name: str) -> None:
    assert names_of("Agency", text)[0] == name


def test_an_organ_stays_as_written_without_a_home() -> None:
    assert names_of("Agency", "市财政局发布通知", home=None) == ["市财政局"]


def test_an_organ_after_another_is_of_the_same_place() -> None:
    assert names_of("Agency", "会同市财政局、审计局开展检查") == ["太原市财政局", "太原市审计局"]


def test_a_titled_person_goes_before_a_firm_of_that_name() -> None:
    assert names_of("Person", "董事长武钢表示", "武钢说") == ["武钢"]


def test_a_preposition_does_not_begin_a_place() -> None:
    assert names_of("Province", "从江西省来看,房价平稳", home=None) == ["江西省"]


def test_a_short_name_is_the_firm_that_was_named_in_full() -> None:
    assert names_of("Enterprise", STORY[0], STORY[1])[0] == "山西云岭重工机械有限公司"
    assert [m.name for m in read(*STORY[:2]) if m.text == "云岭重工"] == ["山西云岭重工机械有限公司"]


def test_what_is_called_in_brackets_is_found_again() -> None:
    found = read("河东晟业集团有限公司(以下简称“晟业”)开工。", "晟业计划年内投产。")
    assert [m.name for m in found if m.text == "晟业"][-1] == "河东晟业集团有限公司"


def test_members_of_a_list_take_its_class() -> None:
    assert {"云岭重工", "海康"} <= set(names_of("Enterprise", STORY[2]))


def test_each_phase_is_a_project() -> None:
    assert names_of("Project", STORY[3]) == ["云岭重工三期项目", "云岭重工四期项目"]


def test_a_place_takes_its_meaning_from_what_stands_around_it() -> None:
    assert names_of("County", "在浙江义乌,产业兴旺") == ["义乌市"]
    assert names_of("County", "全市新建一批学校") == []


@pytest.mark.parametrize(("word", "name"), [("我市", "太原市"), ("全省", "山西省")])
def test_home_words(word: str, name: str) -> None:
    assert name in {m.name for m in read(f"{word}经济稳中向好")}


def test_a_zone_in_a_zone_is_two() -> None:
    assert names_of("Zone", "位于云台经济开发区柳林工业园的企业") == ["云台经济开发区", "柳林工业园"]


def test_a_park_being_built_is_a_project() -> None:
    assert names_of("Project", "谋划建设云台绿电产业园区") == ["云台绿电产业园区"]
    assert names_of("Zone", "入驻云台绿电产业园区的企业") == ["云台绿电产业园区"]


def test_persons_in_a_row() -> None:
    assert names_of("Person", "副市长赵启明、钱守义出席") == ["赵启明", "钱守义"]


def test_who_tells_it_is_no_name() -> None:
    assert names_of("Institution", "新华社消息:今天开工") == []


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("Project", "陕西新建100万吨啤酒工厂", "100万吨啤酒工厂"),  # what a place does is not in the name
        ("Agency", "办理单位市发展改革委答复", "太原市发展改革委"),  # a bare level begins an organ
        ("Agency", "约旦国防部发言人说", "约旦国防部"),
        ("Agency", "“三项学习”活动领导小组办公室印发通知", "“三项学习”活动领导小组办公室"),
        ("Event", "德国云川国际文物保护、修复和改造博览会开幕", "德国云川国际文物保护、修复和改造博览会"),
        ("Enterprise", "广西桂和高速公路有限公司揭牌", "广西桂和高速公路有限公司"),
        ("Zone", "五台镁基新材料产业园区投产", "五台镁基新材料产业园区"),  # 五台 is no count
        ("Place", "来到秦淮河,灯会正盛", "秦淮河"),
        (
            "Product",
            "1-4月纺织服装出口增长",
            "纺织服装",
        ),  # neither when nor how much goods are, belongs to them
        ("Product", "云川市15万亩葡萄上市", "葡萄"),
        ("Product", "年产3GW硅片", "硅片"),
        ("Product", "亚太地区化肥涨价", "化肥"),
        ("Policy", "合肥市编制新能源产业发展规划", "新能源产业发展规划"),
        ("Agency", "山西省经信委消费品产业处处长说", "山西省经信委消费品产业处"),
        ("Agency", "人社部门发放补贴", "人社部门"),  # not the ministry alone
    ],
)
def test_where_a_name_begins(kind: str, text: str, name: str) -> None:
    assert names_of(kind, text) == [name]


def test_words_are_no_persons() -> None:
    assert names_of("Person", "总经理向记者介绍道,专家向媒体表示") == []


def test_many_names_in_a_row_are_persons() -> None:
    row = "座谈会上,张某甲、任少波、刘珺、梁文锋、魏洪兴先后发言"
    assert set(names_of("Person", row)) >= {"任少波", "刘珺", "梁文锋", "魏洪兴"}


@pytest.mark.parametrize(
    ("text", "outer", "kind", "name"),
    [
        ("三亚凤凰国际机场T3航站楼投用", "三亚凤凰国际机场T3航站楼", "Place", "三亚凤凰国际机场"),
        (
            "呼朔至云川高速公路雁岭峡谷大桥合龙",
            "呼朔至云川高速公路雁岭峡谷大桥",
            "Project",
            "呼朔至云川高速公路",
        ),
        ("外交部亚洲司发布消息", "外交部亚洲司", "Agency", "外交部"),
    ],
)
def test_the_greater_thing_is_named_inside_its_part(text: str, outer: str, kind: str, name: str) -> None:
    found = mentions.find([Sentence(text, tuple(range(len(text))), 1, 0)], [TAIYUAN])
    assert outer in {m.text for m in found.mentions[0]}
    assert (kind, name) in {(m.type, m.text) for m in found.nested[0]}


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("河州钢铁收购东岳水泥有限公司", "Enterprise", "东岳水泥有限公司"),
        ("汽车制造商泓晟汽车公司发布公告", "Enterprise", "泓晟汽车公司"),
        ("澳大利亚里克蒙德公司的两成股权", "Enterprise", "里克蒙德公司"),
        ("云岭家具总经理赵启明说", "Enterprise", "云岭家具"),
        ("市场以内蒙古为中心", "Province", "内蒙古"),
        ("他在意大利参展", "Country", "意大利"),
        ("实现了对五指山、云砚山的监测", "Place", "五指山"),
        ("区长林中坚等出席", "Person", "林中坚"),
        ("总经理赵广余,今天到会", "Person", "赵广余"),
        ("以赵思远院长为首的专家组", "Person", "赵思远"),
        ("第七届中国—阿拉伯国家博览会开幕", "Event", "第七届中国—阿拉伯国家博览会"),
        ("继续实施黑土地保护工程,成效明显", "Policy", "黑土地保护工程"),
        ("专家高度评价“星火”倡议", "Policy", "“星火”倡议"),
    ],
)
def test_a_name_begins_after_what_is_done_to_it(text: str, kind: str, name: str) -> None:
    assert (kind, name) in {(m.type, m.text) for m in read(text)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("贵南高铁通车", "County"),
        ("北至成华南路口", "County"),
        ("500万元以上技改项目开工", "Project"),
        ("董事长马克斯·宁德表示", "City"),
        ("云川区实现乡镇全覆盖", "Township"),
        ("黎平县侗族村寨游客多", "Village"),
    ],
)
def test_no_name_is_cut_out_of_another(text: str, kind: str) -> None:
    assert kind not in {m.type for m in read(text)}
