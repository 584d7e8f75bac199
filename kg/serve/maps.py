"""A map of points: the divisions around a place, without tiles and without asking anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import cos, radians

from kg.iris import iri
from kg.rules import lexicon

WIDTH, HEIGHT, MARGIN = 340, 300, 26
Division = tuple[str, str, str, float, float, str]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map. `here`: the thing whose map it is."""

    x: float
    y: float
    name: str
    latin: str
    iri: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """`dots` are divisions without a name, `towns` those that are named."""

    dots: Sequence[Point]
    towns: Sequence[Point]
    width: int = WIDTH
    height: int = HEIGHT


def around(name: str, code: str, lat: float, long: float) -> Map:
    """The map of a place: its province with all counties, or the whole country for a province."""
    province = code[:2] if code[2:6].strip("0") else ""
    level = ("City", "County") if province else ("Province", "City")
    known = [row for row in _divisions() if row[0].startswith(province) and row[2] in level]
    frame = _Frame([*((row[3], row[4]) for row in known), (lat, long)])
    latin = next((row[5] for row in _divisions() if row[0] == code), name)
    dots = [frame.point(row) for row in known if row[2] == level[1] and row[0] != code]
    towns = [frame.point(row) for row in known if row[2] == level[0] and row[0] != code]
    here = frame.point((code, name, "", lat, long, latin), here=True)
    return Map(dots, [*_apart(towns, here), here])


def several(places: Sequence[tuple[str, str, float, float]]) -> Map:
    """A map of places given as IRI, name, latitude and longitude, named where there is room."""
    known = [row for row in _divisions() if row[2] == "City"]
    lats, longs = [row[2] for row in places], [row[3] for row in places]
    near = [row for row in known if min(lats) <= row[3] <= max(lats) and min(longs) <= row[4] <= max(longs)]
    frame = _Frame([*((lat, long) for _, _, lat, long in places), *((row[3], row[4]) for row in near)])
    towns = [
        replace(frame.point(("", name, "", lat, long, name)), iri=this) for this, name, lat, long in places
    ]
    named = {town.iri for town in (towns[0], *_apart(towns[1:], towns[0]))}
    shown = [town if town.iri in named else replace(town, name="") for town in towns]
    return Map([frame.point(row) for row in near], shown)


class _Frame:
    """Degrees to points of the drawing, so that all places fit."""

    def __init__(self, places: Sequence[tuple[float, float]]) -> None:
        lats, longs = zip(*places, strict=True)
        self.squeeze = cos(radians((min(lats) + max(lats)) / 2))
        self.west, self.north = min(longs), max(lats)
        wide = (max(longs) - self.west) * self.squeeze or 1.0
        high = self.north - min(lats) or 1.0
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self.left = (WIDTH - wide * self.scale) / 2
        self.top = (HEIGHT - high * self.scale) / 2

    def point(self, row: Division, here: bool = False) -> Point:
        code, name, _, lat, long, latin = row
        x = self.left + (long - self.west) * self.squeeze * self.scale
        y = self.top + (self.north - lat) * self.scale
        return Point(round(x, 1), round(y, 1), name, latin, iri(f"place:{code}"), here)


def _apart(towns: Iterable[Point], here: Point) -> list[Point]:
    """The towns whose names hide neither that of the place itself nor one another."""
    kept = [here]
    for town in towns:
        if all(abs(town.y - other.y) > 11 or abs(town.x - other.x) > 48 for other in kept):
            kept.append(town)
    return kept[1:]


@cache
def _divisions() -> list[Division]:
    """Code, short name, level, latitude, longitude and pinyin of the divisions down to counties."""
    return [
        (row["code"], _short(row), row["level"], float(row["lat"]), float(row["lon"]), row["pinyin"])
        for row in lexicon("divisions")
        if row["lat"] and row["level"] in ("Province", "City", "County")
    ]


def _short(row: Mapping[str, str]) -> str:
    return row["short"].split("|")[0] or row["name"]
