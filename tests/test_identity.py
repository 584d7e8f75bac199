"""One thing, one node: names over many pages, in any order, with reasons, and judgements that beat them."""

from __future__ import annotations

import runpy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kg import identity, known, pipeline
from kg.cli import app
from kg.identity import Identity, Profile
from kg.model import Page
from kg.resolve import key
from kg.store import open_store
from kg.verdicts import Alias, Different, Judgement, Same

ROOT = Path(__file__).parent.parent
CODES = {"忻州": "140900", "长沙": "430100", "山西": "140000", "五台": "140922"}
FACTORY = "山西金宇科林科技有限公司"


def profile(
    name: str, kind: str = "Enterprise", page: str = "a.txt", at: str = "", **more: object
) -> Profile:
    """What a page says of a thing; `at` is the place that the text puts it in."""
    places = (CODES[at],) if at else ()
    return Profile(key(kind, name, None), kind, name, page, within=places, **more)  # type: ignore[arg-type]


def one(kind: str, a: str, b: str, *others: str, at: Sequence[str] = ("", "")) -> bool:
    """Whether two names on two pages come out as one thing, where the other names are known too."""
    pages = [profile(a, kind, "a.txt", at[0]), profile(b, kind, "b.txt", at[1])]
    found = identity.resolve([*pages, *(profile(o, kind, f"{o}.txt") for o in others)])
    return found.of(pages[0].key, pages[0].context) == found.of(pages[1].key, pages[1].context)


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("Enterprise", FACTORY, "山西省金宇科林科技有限责任公司"),
        ("Enterprise", FACTORY, "金宇科林科技"),
        ("Enterprise", FACTORY, "金宇科林"),
        ("Enterprise", "华鑫电气（临汾）有限公司", "华鑫电气(临汾)有限责任公司"),
        ("Enterprise", "昌河飞机工业（集团）有限公司", "昌河飞机工业集团有限责任公司"),
        ("Agency", "忻州市发展和改革委员会", "山西省忻州市发改委"),
        ("Agency", "中共忻州市委", "忻州市委"),
        ("Zone", "忻州经济技术开发区", "忻州经开区"),
        ("Project", "雄忻高铁项目", "雄忻高铁"),
        ("Policy", "《中华人民共和国黄河保护法》", "黄河保护法"),
        ("Event", "2024年浑沌论坛", "2024浑沌论坛"),
        ("Event", "109届广交会", "第109届广交会"),
        ("Place", "日照至兰考高铁", "日兰高铁"),
        ("Place", "G30连霍高速公路", "连霍高速"),
        ("Project", "黄河古贤水利枢纽项目", "古贤水利枢纽"),
        ("Agency", "国家发展和改革委员会产业司", "国家发改委产业司"),
    ],
)
def test_names_that_say_the_same_are_one_thing(kind: str, a: str, b: str) -> None:
    assert one(kind, a, b)


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("Enterprise", FACTORY, "山西金字科林科技有限公司"),  # one character
        ("Enterprise", "浑沌集团有限公司", "浑沌股份有限公司"),
        ("Enterprise", "山西浑沌集团有限公司", "山西浑沌科技有限公司"),
        ("Enterprise", "浑沌银行", "浑沌银行忻州分行"),
        ("Enterprise", "忻州浑沌化工有限公司", "长沙浑沌化工有限公司"),
        ("Enterprise", "浑沌化工有限公司", "长沙浑沌化工有限公司"),  # a firm and one that it has there
        ("Agency", "山西省财政厅", "忻州市财政局"),
        ("Agency", "忻州市财政局", "长沙市财政局"),
        ("Agency", "山西省人民政府", "忻州市人民政府"),
        ("Project", "浑沌电厂二期项目", "浑沌电厂三期项目"),
        ("Project", "浑沌电厂项目", "浑沌电厂二期项目"),
        ("Event", "第六届浑沌论坛", "第七届浑沌论坛"),
        ("Policy", "“十四五”浑沌规划", "“十五五”浑沌规划"),
        ("Zone", "忻州经开区", "忻州高新区"),
        ("Place", "赣州国际陆港", "瑞金国际陆港"),  # a city and its county
        ("Place", "太湖", "太湖地区"),
        ("Enterprise", "雷曼", "雷曼光电"),
        ("Enterprise", "云南锡业", "云南锡业股份有限公司"),  # the group's listed arm
        ("Enterprise", "海洋渔业", "广东省海洋渔业"),
        ("Policy", "科技发展规划", "科学技术发展规划"),
    ],
)
def test_names_that_differ_in_what_counts_are_two(kind: str, a: str, b: str) -> None:
    assert not one(kind, a, b)


def test_a_short_name_that_two_firms_may_bear_is_neither() -> None:
    assert one("Enterprise", "浑沌科技", "山西浑沌科技有限公司")
    assert not one("Enterprise", "浑沌科技", "山西浑沌科技有限公司", "长沙浑沌科技有限公司")
    where = ("忻州", "忻州")
    assert one("Enterprise", "浑沌科技", "忻州浑沌科技有限公司", at=where)
    assert not one("Enterprise", "浑沌科技", "忻州浑沌科技有限公司", at=("长沙", "忻州"))


def test_a_line_under_its_first_characters_that_two_lines_may_bear_is_neither() -> None:
    assert one("Place", "西成高铁", "西安至成都高铁")
    assert not one("Place", "西成高铁", "西安至成都高铁", "西宁至成都高铁")


def test_a_name_of_common_words_is_a_thing_a_town() -> None:
    assert not one("Institution", "人民医院", "人民医院", at=("忻州", "长沙"))
    assert one("Institution", "人民医院", "人民医院", at=("忻州", "忻州"))


def test_a_name_that_was_given_up_leads_to_the_present_one() -> None:
    page = Page("p.txt", "浑沌电子科技有限公司（原太虚电子科技有限公司）与忻州市签约。", "0" * 64)
    found = identity.resolve(identity.profiles(pipeline.read_page(page)))
    assert found.of("ent:太虚电子科技有限公司") == "ent:浑沌电子科技有限公司"
    assert "was called 太虚电子科技有限公司 before, says p.txt" in found.links[0].reason


def test_persons_of_one_name_are_told_apart_by_where_they_hold_a_post() -> None:
    def person(page: str, post: str, at: str = "") -> Profile:
        return profile("王伟", "Person", page, at, posts=((post, "局长"),) if post else ())

    there = person("a.txt", "agency:忻州市财政局")
    same = person("b.txt", "agency:忻州市财政局", "忻州")
    other = person("c.txt", "agency:长沙市财政局")
    bare = person("d.txt", "")
    found = identity.resolve([there, same, other, bare])
    keys = [found.of(p.key, p.context) for p in (there, same, other, bare)]
    assert keys == ["person:王伟（忻州市）"] * 2 + ["person:王伟（长沙市）", "person:王伟"]
    alone = identity.resolve([there, same, bare])
    assert {alone.of(p.key, p.context) for p in (there, same, bare)} == {"person:王伟"}


def test_a_slip_is_a_link_with_its_score_and_keeps_the_raw_form() -> None:
    text = "忻州市讯 崞岚县今年发展高岭土产业。崞岚县出口增长。\n" * 2
    page = pipeline.read_page(Page("p.txt", f"忻州日报 2025年8月2日\n{text}", "0" * 64))
    found = identity.resolve(identity.profiles(page))
    slips = [link for link in found.links if link.by == "slip"]
    assert [(link.key, link.canonical) for link in slips] == [("place:崞岚县", "place:140929")]
    assert 0 < slips[0].score < 0.9
    assert any("崞岚县" in e.raw for e in identity.identified(page, found).entities if e.code == "140929")


def test_a_renamed_county_has_the_code_of_the_day_and_that_of_today() -> None:
    county = Profile(
        "place:430182", "County", "宁乡市", "a.txt", "430182", ("宁乡县",), published="2016-05-04"
    )
    (link,) = identity.resolve([county]).links
    assert (link.key, link.canonical) == ("place:430124", "place:430182")
    assert "until 2017, so on the day of a.txt" in link.reason


def test_a_town_in_its_popular_form_gets_its_code() -> None:
    town = profile("庙前街街道", "Township", at="忻州")
    found = identity.resolve([town])
    known = found.known(town.key, town.context)
    assert known is None or known.name == "庙前街道"


def judged(verdict: str, a: str, b: str, why: str = "") -> Judgement:
    return Judgement(verdict, a, object=b, who="L", why=why)


def same(a: str, b: str) -> Same:
    return Same(a, b, judged("same", a, b, "seen on the door"))


def different(a: str, b: str) -> Different:
    return Different(a, b, judged("different", a, b))


def test_judgements_join_and_part_and_are_named_as_the_reason() -> None:
    pages = [profile(FACTORY), profile("金宇科林"), profile("太虚材料")]
    a, b, c = (p.key for p in pages)
    assert identity.resolve(pages, [different(a, b)]).of(b) == b
    found = identity.resolve(pages, [same(a, c)])
    assert found.of(c) == a
    assert [k.reason for k in found.links if k.key == c] == ["judged the same by L: seen on the door"]
    named = identity.resolve(pages, [Alias("太虚材料", a, judged("alias", a, ""))])
    assert named.of(c) == a
    assert "太虚材料" in named.things[a].aliases


def test_judgements_against_each_other_are_told_and_different_holds() -> None:
    pages = [profile(FACTORY), profile("金宇科林"), profile("太虚材料")]
    a, b, c = (p.key for p in pages)
    found = identity.resolve(pages, [same(a, c), same(c, b), different(a, b)])
    assert found.of(a) != found.of(b)
    assert [p.severity for p in found.problems] == ["error"]
    assert "they are judged different" in found.problems[0].message


NAMES = [
    *(f"{place}{core}{legal}" for place in ("", "山西", "忻州", "长沙") for core in ("浑沌科技", "太虚化工")
      for legal in ("", "公司", "有限公司", "集团有限公司")),
    "浑沌", "太虚",
]  # fmt: skip
PROFILES = st.builds(
    profile,
    st.sampled_from(NAMES),
    page=st.sampled_from(["a.txt", "b.txt", "c.txt"]),
    at=st.sampled_from(["", "忻州", "长沙", "山西"]),
    names=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    former=st.lists(st.sampled_from(NAMES), max_size=1).map(tuple),
) | st.builds(
    profile,
    st.sampled_from(["王伟", "人民公园", "人民医院"]),
    st.sampled_from(["Person", "Institution"]),
    at=st.sampled_from(["", "忻州", "长沙"]),
    posts=st.lists(st.sampled_from([("ent:浑沌科技", "经理"), ("agency:长沙市财政局", "局长")])).map(tuple),
)
KEYS = st.sampled_from([f"ent:{name}" for name in NAMES])
VERDICTS = st.lists(st.builds(same, KEYS, KEYS) | st.builds(different, KEYS, KEYS), max_size=4)


def told(found: Identity, profiles: Iterable[Profile]) -> object:
    return found, {(p.key, p.context): found.of(p.key, p.context) for p in profiles}


@settings(deadline=None, max_examples=150)
@given(st.lists(PROFILES, max_size=14), VERDICTS, st.randoms())
def test_order_and_repetition_of_pages_change_nothing(
    profiles: list[Profile], verdicts: list[Same | Different], random: Random
) -> None:
    mixed = [*profiles, *profiles[:5]]
    random.shuffle(mixed)
    assert told(identity.resolve(profiles, verdicts), profiles) == told(
        identity.resolve(mixed, reversed(verdicts)), profiles
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(PROFILES, max_size=14), VERDICTS)
def test_what_is_apart_stays_apart(profiles: list[Profile], verdicts: list[Same | Different]) -> None:
    found = identity.resolve(profiles, verdicts)
    present = {p.key for p in profiles}
    for v in verdicts:
        if isinstance(v, Different) and v.a != v.b and {v.a, v.b} <= present:
            assert found.of(v.a) != found.of(v.b)
    for link in found.links:
        assert link.key != link.canonical
        assert found.of(link.canonical) == link.canonical
        assert link.key.partition(":")[0] == link.canonical.partition(":")[0]
        assert 0 < link.score <= 1
        assert link.reason


def test_what_became_one_is_merged_with_all_its_proofs() -> None:
    text = f"忻州市讯 {FACTORY}生产高岭土。\n金宇科林科技公司生产高岭土。\n"
    page = pipeline.read_page(Page("p.txt", text, "0" * 64))
    found = identity.resolve(identity.profiles(page), [same("ent:金宇科林科技公司", f"ent:{FACTORY}")])
    after = identity.identified(page, found)
    makes = [f for f in after.facts if f.predicate == "produces"]
    assert [f.subject for f in makes] == [f"ent:{FACTORY}"]
    assert len(makes[0].evidence) == 2
    assert identity.identified(after, found) == replace(after)


def test_the_graph_tells_why_and_old_addresses_lead_to_the_thing(built: Path) -> None:
    store = open_store(built)
    county = known.show(store, "岢岚县")
    assert [(r.key, r.ground) for r in county.reasons] == [("place:崞岚", "slip")]
    assert "崞岚" in county.thing.names
    assert known.show(store, "place:崞岚").thing == county.thing
    town = known.show(store, "庙前街街道")
    assert (town.thing.name, town.code) == ("庙前街道", "140106003")
    done = CliRunner().invoke(app, ["show", "岢岚县", "--why", "--build", str(built)])
    assert "place:崞岚 is place:140929" in done.output
    bare = CliRunner().invoke(app, ["show", "岢岚县", "--build", str(built)])
    assert "place:崞岚" not in bare.output


def test_goods_have_their_heading_in_the_harmonized_system(built: Path) -> None:
    answer = open_store(built).select("SELECT ?hs { product:高岭土 fz:hsHeading ?hs }")
    assert [cell.value for row in answer.rows for cell in row if cell] == ["2507"]


def test_pairs_judged_by_hand_are_told_apart() -> None:
    bench = runpy.run_path(str(ROOT / "bench" / "identity.py"))
    tally = bench["tally"](bench["told"]())
    assert tally.precision >= 0.99
    assert tally.recall >= 0.9
