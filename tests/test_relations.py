"""Every rule of relations.toml proves itself; then lists, passives, denials, what is carried over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from kg import pipeline, relations, rules
from kg.model import Page
from kg.relations import denials
from kg.relations.examples import marked, said, unproved

MARK = re.compile(r"\[([A-Z][a-z]+):([^\]=]+)(?:=([^\]]+))?\]")
TABLES: Mapping[str, Any] = rules.table("relations")


RULES = [
    (name, number) for name, table in TABLES.items() for number, _ in enumerate(table.get("rules", ()), 1)
]


@pytest.mark.parametrize(("name", "number"), RULES)
def test_rule_finds_and_skips(name: str, number: int) -> None:
    rule = TABLES[name]["rules"][number - 1]
    assert list(unproved(name, {**TABLES[name], "rules": [rule]})) == []


@pytest.mark.parametrize("name", list(TABLES))
def test_relation_is_declared(name: str) -> None:
    table = TABLES[name]
    assert table["zh"]
    assert table["en"]
    assert table["comment"].keys() == {"zh", "en"}
    assert table["domain"]
    assert table["range"]
    assert all(0 < row["confidence"] <= 1 for row in table["rules"])


def triples(text: str, home: str = "") -> set[tuple[str, str, str]]:
    document = marked(text, home)
    names = {e.key: e.name for e in document.entities}
    facts = relations.find(document)
    return {(names.get(f.subject, f.subject), f.predicate, names.get(f.object, f.object)) for f in facts}


def test_figures_inside_a_list() -> None:
    found = triples("[Enterprise:北矿]共生产[Product:氧化物]6.24万吨、[Product:功能材料]7749吨。")
    assert found == {("北矿", "produces", "氧化物"), ("北矿", "produces", "功能材料")}


def test_one_fact_with_both_proofs() -> None:
    document = marked("[Enterprise:海川]生产[Product:齿轮]。据悉，[Enterprise:海川]生产[Product:齿轮]。")
    (fact,) = relations.find(document)
    assert [e.quote for e in fact.evidence] == ["海川生产齿轮", "海川生产齿轮"]
    assert len({e.span for e in fact.evidence}) == 2


def test_these_products_are_those_said_before() -> None:
    found = triples(
        "[Enterprise:海川]生产[Product:环卫车]等[Product:特种车]。这些产品除满足国内需求，还出口[Country:伊拉克]。"
    )
    assert {t for t in found if t[1] != "produces"} == {
        ("海川", "exports", "环卫车"),
        ("海川", "exports", "特种车"),
        ("海川", "exportsTo", "伊拉克"),
    }


def test_a_preposition_makes_no_subject() -> None:
    text = "[Enterprise:海川]技术领先，正为[Enterprise:大南汽车]生产[Product:充电桩]。"
    assert {t for t in triples(text) if t[1] == "produces"} == {("海川", "produces", "充电桩")}


def test_denied_and_supposed() -> None:
    assert triples("[Enterprise:海川]未生产[Product:齿轮]。") == set()
    assert triples("如果[Enterprise:海川]生产[Product:齿轮]，价格会降。") == set()


def denied(text: str) -> list[list[str]]:
    document = marked(text)
    return said(denials.find(document), document)


def test_denials_are_told_apart_from_facts() -> None:
    for text, ends in (
        ("[Enterprise:海川]未生产[Product:齿轮]。", ["海川", "齿轮"]),
        ("[Enterprise:海川]目前已不再生产[Product:齿轮]。", ["海川", "齿轮"]),
        ("[Enterprise:海川]没有参加[Event:国际装备展]。", ["海川", "国际装备展"]),
        ("[Enterprise:海川]已停止向其他地区出口[Product:齿轮]。", ["海川", "齿轮"]),
        ("[Enterprise:海川]终止与[Enterprise:东岳]合作。", ["海川", "东岳"]),
        ("[Enterprise:海川]规模不大，尚未出口[Country:美国]。", ["海川", "美国"]),
        ("[Person:张三]辞去[Agency:市政府]市长职务。", ["张三", "市政府", "市长"]),
    ):
        assert triples(text) == set(), text
        assert denied(text) == [ends], text


def test_no_denial() -> None:
    for text in (
        "[Enterprise:海川]生产[Product:齿轮]。",
        "[Enterprise:海川]不仅生产[Product:齿轮]，还出口[Product:轴承]。",
        "如果[Enterprise:海川]不生产[Product:齿轮]，价格会降。",
        "[Enterprise:海川]是否已停止生产[Product:齿轮]？",
        "[Enterprise:海川]不得不出口[Product:齿轮]。",
        "[Enterprise:海川]非生产[Product:齿轮]不可。",
        "[Enterprise:海川]从未停止生产[Product:齿轮]。",
        "[Enterprise:海川]出口没有报关的[Product:齿轮]。",
        "[Enterprise:海川]下发了尚未生产的[Product:齿轮]。",
        "[Agency:市政府]要求[Enterprise:海川]停止生产[Product:齿轮]。",
    ):
        assert denied(text) == [], text


def test_passive() -> None:
    text = "由[Agency:省文旅厅]主办的[Event:文化节]在[City:临江市]开幕。"
    assert triples(text) == {("省文旅厅", "organizes", "文化节"), ("文化节", "locatedIn", "临江市")}


def test_nearest_place_only() -> None:
    text = "[City:临江市]消息：[Project:轴承项目]位于[City:临江市][County:河东县][Zone:河东工业园]。"
    assert {t for t in triples(text) if t[0] == "轴承项目"} == {("轴承项目", "locatedIn", "河东工业园")}


def test_a_project_is_where_its_article_is_about() -> None:
    text = "记者从[City:临江市]获悉，今年投资翻番。总投资5亿元，[Project:第二水厂]年内开工。"
    assert triples(text) == {("第二水厂", "locatedIn", "临江市")}
    others = "[Province:江西省]、[City:吉安市]随后跟进。"
    assert triples(text + others) == set()


def test_a_road_is_in_no_one_place() -> None:
    text = "记者从[City:临江市]获悉，今年投资翻番。总投资50亿元，[Project:临岳高速公路]年内开工。"
    assert triples(text) == set()


def test_a_county_lies_in_its_own_city_only() -> None:
    text = "[City:吉安市]和[City:抚州市]表示，[County:永丰县]增长最快。"
    assert triples(text) == {("永丰县", "locatedIn", "吉安市")}


def test_titles_of_one_person() -> None:
    document = marked("[Agency:市委=中共临江市委]常委、副市长[Person:张三]出席。", "[City:临江市]")
    assert said(relations.find(document), document) == [
        ["张三", "中共临江市委", "常委"],
        ["张三", "临江市", "副市长"],
    ]


def test_a_relation_is_added_without_python() -> None:
    table = tomllib.loads("""
        [acquires]
        zh = "收购"
        en = "acquires"
        comment = { zh = "收购另一企业", en = "Buys another firm." }
        domain = ["Enterprise"]
        range = ["Enterprise"]
        [[acquires.rules]]
        pattern = '{s}{near}收购(?:了)?{near}{o+}'
        confidence = 0.9
    """)
    document = marked("[Enterprise:海川]全资收购[Enterprise:东岳]、[Enterprise:南山]。")
    facts = relations.find(document, table)
    assert {(f.predicate, f.evidence[0].rule) for f in facts} == {("acquires", "acquires/1")}
    assert said(facts, document) == [["海川", "东岳"], ["海川", "南山"]]


def test_a_broken_pattern_is_named() -> None:
    row = {"pattern": "({s}", "confidence": 0.9}
    table = {**TABLES["partnersWith"], "rules": [row]}
    with pytest.raises(rules.RuleError, match="acquires/1"):
        relations.find(marked("[Enterprise:海川]签约。"), {"acquires": table})


def test_a_relation_that_is_not_declared_is_named() -> None:
    with pytest.raises(rules.RuleError, match=r"\[acquires\] lacks zh, en, comment, range"):
        relations.find(marked("[Enterprise:海川]签约。"), {"acquires": {"domain": ["Enterprise"]}})


def test_each_pair_of_one_list_once() -> None:
    text = "[Agency:省文旅厅]、[Institution:江南大学]、[Enterprise:海川]签署合作备忘录。"
    document = marked(text)
    assert said([f for f in relations.find(document) if f.predicate == "partnersWith"], document) == [
        ["江南大学", "海川"],
        ["省文旅厅", "江南大学"],
        ["省文旅厅", "海川"],
    ]


def test_the_head_of_a_foreign_ministry() -> None:
    document = marked("[Agency:法国国防部]长[Person:阿里]抵达。")
    (fact,) = [f for f in relations.find(document) if f.predicate == "roleAt"]
    assert fact.role == "部长"


def test_this_policy_is_the_one_said_before() -> None:
    text = "[Policy:《用地办法》]征求意见。该办法获[Agency:省政府]批准。"
    assert ("《用地办法》", "issuedBy", "省政府") in triples(text)


def test_a_county_lies_in_a_municipality() -> None:
    text = "[Province:北京市=北京市]全力抢修，[County:房山区]供电恢复。"
    assert ("房山区", "locatedIn", "北京市") in triples(text)


def test_without_a_place_the_country_is_meant() -> None:
    text = "[Group:我国=全国]外贸向好。海关数据显示，[Product:仪表]出口94亿元。"
    assert triples(text) == {("全国", "exports", "仪表")}
    assert ("临江市", "exports", "仪表") in triples("[Product:仪表]出口94亿元。", "[City:临江市]")


def test_what_is_likelier_wrong_than_right_is_left_out() -> None:
    table = {
        "zh": "收购",
        "en": "acquires",
        "comment": "buys",
        "domain": ["Enterprise"],
        "range": ["Enterprise"],
    }
    text = "海川钢铁集团有限公司宣布收购东岳水泥有限公司。"
    document, _ = pipeline.document(Page("page.txt", text, "0" * 64))
    for confidence, count in ((0.3, 0), (0.9, 1)):
        rules_ = [{"pattern": "{s}宣布收购{o}", "confidence": confidence}]
        assert len(relations.find(document, {"acquires": {**table, "rules": rules_}})) == count


def test_the_nearest_place_in_a_name_counts_though_the_rest_is_known() -> None:
    document, _ = pipeline.document(Page("page.txt", "河南安阳红旗渠机场客流增长。", "0" * 64))
    found = {(f.predicate, f.object) for f in relations.find(document)}
    assert ("locatedIn", "place:410500") in found
