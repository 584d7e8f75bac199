"""The tables of kg/lexicon: whole, tidy, sorted, and right where we know the answer."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "kg" / "lexicon"
COLUMNS = {
    "agencies": "name_zh alias name_en type level",
    "byhand": "kind code name value",
    "countries": "iso3 name_zh full_zh alias name_en",
    "divisions": "code name level parent short lat lon pinyin",
    "enterprises": "name_zh full_zh alias name_en caution",
    "events": "name_zh alias name_en caution",
    "former": "code name level parent successor year",
    "institutions": "name_zh alias name_en caution",
    "landmarks": "name_zh alias name_en caution",
    "ordinary": "word",
    "pinyin": "phrase reading label",
    "products": "name_zh alias name_en hs kind caution",
    "programmes": "name_zh alias name_en caution",
    "works": "name_zh alias name_en caution",
    "zones": "name_zh alias name_en caution",
}
KEYS = {"agencies": ("level", "type", "name_zh"), "byhand": ("kind", "code", "name", "value")}
RANK = {"Province": 1, "City": 2, "County": 3, "Township": 4}
UNPLACED = {"岑岭县", "和康县", "和安县", "草湖市"}
Row = dict[str, str]


@cache
def lines(table: str) -> tuple[str, ...]:
    """The lines of a table."""
    return tuple((FOLDER / f"{table}.tsv").read_text(encoding="utf-8").splitlines())


@cache
def rows(table: str) -> tuple[Row, ...]:
    """The rows of a table."""
    header = lines(table)[2].split("\t")
    return tuple(dict(zip(header, line.split("\t"), strict=True)) for line in lines(table)[3:])


@cache
def divisions() -> dict[str, Row]:
    """The divisions by code."""
    return {row["code"]: row for row in rows("divisions")}


def listed(cell: str) -> list[str]:
    """The values of a cell that holds several."""
    return cell.split("|") if cell else []


def names(row: Row) -> set[str]:
    """All names of a row."""
    return {row["name_zh"], row.get("full_zh", ""), *listed(row["alias"])} - {""}


def repeated(values: list[str]) -> list[str]:
    """What occurs twice."""
    return [value for value, times in Counter(values).items() if times > 1]


@pytest.mark.parametrize("table", COLUMNS)
def test_tables_tell_their_origin_and_have_clean_cells(table: str) -> None:
    head = lines(table)[:3]
    assert head[0].startswith("# origin: ")
    assert head[1].startswith("# licence: ")
    assert head[2] == COLUMNS[table].replace(" ", "\t")
    assert (FOLDER / f"{table}.tsv").read_bytes().endswith(b"\n")
    for row in rows(table):
        for cell in row.values():
            assert cell == cell.strip(), row
            assert "  " not in cell, row
            assert '"' not in cell.replace('"new three"', ""), row
            assert all(listed(cell)) or not cell, row
            assert len(set(listed(cell))) == len(listed(cell)), row


@pytest.mark.parametrize("table", COLUMNS)
def test_rows_are_sorted_and_not_repeated(table: str) -> None:
    keys = KEYS.get(table) or tuple(COLUMNS[table].split())
    found = [tuple(row[key] for key in keys) for row in rows(table)]
    assert found == sorted(set(found))


def test_divisions_have_unique_codes_of_their_level() -> None:
    assert len(divisions()) == len(rows("divisions"))
    counts = Counter(row["level"] for row in rows("divisions"))
    assert counts["Province"] == 34
    assert 330 <= counts["City"] <= 340
    assert 2_800 <= counts["County"] <= 2_900
    assert 38_000 <= counts["Township"] <= 42_000
    for row in rows("divisions"):
        assert re.fullmatch(r"\d{9}" if row["level"] == "Township" else r"\d{6}", row["code"]), row
        assert row["code"].endswith("0000") == (row["level"] == "Province"), row
        assert not row["code"].endswith("00") or row["level"] in ("Province", "City", "Township"), row


def test_divisions_lie_in_what_holds_them() -> None:
    for row in rows("divisions"):
        if row["level"] == "Province":
            assert not row["parent"]
            continue
        parent = divisions()[row["parent"]]
        assert RANK[parent["level"]] < RANK[row["level"]], row
        assert row["code"][:2] == parent["code"][:2], row
    assert divisions()["429004"]["parent"] == "420000"  # 仙桃市: no prefecture
    assert divisions()["110101"]["parent"] == "110000"  # no 市辖区 between


def test_divisions_lie_in_china() -> None:
    for row in rows("divisions"):
        if row["level"] == "Township":
            assert row["lat"] == row["lon"] == ""
        elif row["name"] in UNPLACED:
            assert row["lat"] == ""
        else:
            assert re.fullmatch(r"\d+\.\d{4}", row["lat"]), row
            assert 3 < float(row["lat"]) < 54, row
            assert 73 < float(row["lon"]) < 136, row


def test_counties_lie_near_their_prefecture() -> None:
    for row in rows("divisions"):
        above = divisions().get(row["parent"], {"level": "", "name": ""})
        if row["level"] == "County" and row["lat"] and above["level"] == "City" and above["name"] != "三沙市":
            away = max(abs(float(row[x]) - float(above[x])) for x in ("lat", "lon"))
            assert away < 8, (row["name"], above["name"], away)


@pytest.mark.parametrize(
    ("code", "name", "level", "parent", "short", "pinyin"),
    [
        ("140000", "山西省", "Province", "", "山西|晋", "Shanxi"),
        ("610000", "陕西省", "Province", "", "陕西|陕|秦", "Shaanxi"),
        ("150000", "内蒙古自治区", "Province", "", "内蒙古|内蒙|蒙", "Inner Mongolia"),
        ("140900", "忻州市", "City", "140000", "忻州", "Xinzhou"),
        ("140400", "长治市", "City", "140000", "长治", "Changzhi"),
        ("140929", "岢岚县", "County", "140900", "岢岚", "Kelan"),
        ("140106", "迎泽区", "County", "140100", "迎泽", "Yingze"),
        ("140109", "万柏林区", "County", "140100", "万柏林", "Wanbolin"),
        ("141031", "隰县", "County", "141000", "", "Xixian"),
        ("422800", "恩施土家族苗族自治州", "City", "420000", "恩施|恩施州", "Enshi"),
        ("410104", "管城回族区", "County", "410100", "管城", "Guancheng"),
        ("630106", "湟中区", "County", "630100", "湟中", "Huangzhong"),
        ("623000", "甘南藏族自治州", "City", "620000", "甘南|甘南州", "Gannan"),
        ("620524", "武山县", "County", "620500", "武山", "Wushan"),
        ("623001", "合作市", "County", "623000", "", "Hezuo"),
        ("110105", "朝阳区", "County", "110000", "", "Chaoyang"),
        ("710000", "台湾省", "Province", "", "台湾|台", "Taiwan"),
    ],
)
def test_known_divisions(code: str, name: str, level: str, parent: str, short: str, pinyin: str) -> None:
    row = divisions()[code]
    assert (row["name"], row["level"], row["parent"]) == (name, level, parent)
    assert (row["short"], row["pinyin"]) == (short, pinyin)


def test_known_townships() -> None:
    found = {(row["parent"], row["name"]) for row in rows("divisions") if row["level"] == "Township"}
    known = {("140106", "庙前街道"), ("441900", "虎门镇"), ("620200", "峪泉镇"), ("140922", "台怀镇")}
    assert known <= found


SPELT = """
洪洞县=Hongtong 繁峙县=Fanshi 重庆市=Chongqing 厦门市=Xiamen 蚌埠市=Bengbu 六安市=Lu'an 台州市=Taizhou
尉氏县=Weishi 乐清市=Yueqing 乐陵市=Leling 东阿县=Dong'e 大城县=Daicheng 井陉县=Jingxing 浚县=Xunxian
莘县=Shenxian 荥阳市=Xingyang 铅山县=Yanshan 歙县=Shexian 牟平区=Muping 监利市=Jianli 单县=Shanxian
成都市=Chengdu 望都县=Wangdu 闵行区=Minhang 子长市=Zichang 长子县=Zhangzi 吕梁市=Lüliang 西安市=Xi'an
西藏自治区=Tibet
"""


@pytest.mark.parametrize("spelling", SPELT.split())
def test_known_spellings(spelling: str) -> None:
    name, pinyin = spelling.split("=")
    assert {row["pinyin"] for row in rows("divisions") if row["name"] == name} == {pinyin}


def test_short_forms_are_not_ordinary_words_nor_those_of_a_higher_level() -> None:
    first = {
        level: {row["short"].split("|")[0] for row in rows("divisions") if row["level"] == level} - {""}
        for level in ("Province", "City")
    }
    banned = {row["word"] for row in rows("ordinary")} | first["Province"]
    for row in rows("divisions"):
        if row["level"] != "Province":
            forms = set(listed(row["short"]))
            assert not forms & (banned if row["level"] == "City" else banned | first["City"]), row
            assert all(len(form) > 1 for form in forms), row


def test_former_names_lead_to_present_divisions() -> None:
    for row in rows("former"):
        assert row["successor"] in divisions(), row
        assert row["parent"] in divisions(), row
        assert divisions()[row["successor"]]["name"] != row["name"], row
        assert 1981 <= int(row["year"]) <= 2030, row
    led = {row["name"] + divisions()[row["successor"]]["name"] for row in rows("former")}
    assert {"大同县云州区", "襄樊市襄阳市", "怀仁县怀仁市", "莱芜市莱芜区", "忻州地区忻州市"} <= led


def test_countries_are_those_of_iso_3166() -> None:
    codes = {row["iso3"] for row in rows("countries")}
    assert len(codes) == len(rows("countries")) == 246
    assert not codes & {"HKG", "MAC", "TWN"}
    assert all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    assert not repeated([name for row in rows("countries") for name in names(row)])
    by_code = {row["iso3"]: row for row in rows("countries")}
    assert by_code["USA"]["full_zh"] == "美利坚合众国"
    assert "沙特" in listed(by_code["SAU"]["alias"])


@pytest.mark.parametrize(("table", "least"), [("products", 600), ("enterprises", 600), ("agencies", 300)])
def test_names_are_told_once(table: str, least: int) -> None:
    found = [row for row in rows(table) if row.get("level") != "stem"]
    assert len(found) >= least
    forms = [name for row in found for name in names(row)]
    assert not repeated(forms)
    assert all(len(form) > 1 for form in forms)
    assert not {row.get("caution", "") for row in found} - {"", "1"}


def test_products_have_headings_of_four_digits_and_english_names() -> None:
    for row in rows("products"):
        assert re.fullmatch(r"(\d{4})?", row["hs"]), row
        assert row["name_en"], row
        assert row["kind"], row
    heading = {row["name_zh"]: row["hs"] for row in rows("products")}
    assert (heading["高岭土"], heading["食醋"], heading["法兰"]) == ("2507", "2209", "7307")


def test_agencies_know_their_kind() -> None:
    assert {row["type"] for row in rows("agencies")} == {"Agency", "Institution"}
    assert {row["level"] for row in rows("agencies")} == {"national", "stem"}
    national = [row for row in rows("agencies") if row["level"] == "national"]
    alias = {form: row["name_zh"] for row in national for form in listed(row["alias"])}
    assert alias["工信部"] == "工业和信息化部"
    assert alias["国家发展改革委"] == "国家发展和改革委员会"


def test_readings_have_a_syllable_for_each_character() -> None:
    for row in rows("pinyin"):
        assert len(row["reading"].split()) == len(row["phrase"]), row
        assert re.fullmatch(r"[a-zü ]+", row["reading"]), row


def test_corrections_name_divisions_that_exist() -> None:
    for row in rows("byhand"):
        if row["kind"] in ("short", "base", "seat"):
            assert divisions()[row["code"]]["name"] == row["name"], row
        elif row["kind"] == "township":
            assert divisions()[row["code"]]["parent"] == row["value"], row
        else:
            assert row["kind"] == "successor"
            assert row["value"] in divisions(), row
