"""Who is connected with whom, out of the index: what is told of a thing, its neighbours, ways to others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.search.index import Index

_HUB = 400  # neighbours beyond these of one thing are not walked through in search of a way
_LOOKED = 60_000  # things looked at before a way is given up


@dataclass(frozen=True, slots=True)
class Edge:
    """A fact as a line from `subject` to `object`, both IRIs. No `fact`: known before any page was read."""

    fact: str
    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How many facts say one thing of a thing; `inverse` where it is the object."""

    relation: str
    inverse: bool
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which facts count: of these relations and classes (all if none), so sure, printed in these years."""

    relations: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    sure: float = 0.0
    since: str = ""
    until: str = ""

    def where(self) -> tuple[str, list[object]]:
        """The conditions on fact f, subject s and object o in SQL, and their values."""
        tests = ["f.confidence >= ?"]
        values: list[object] = [self.sure]
        for columns, wanted in ((("f.relation",), self.relations), (("s.type", "o.type"), self.classes)):
            for column in columns if wanted else ():
                tests.append(f"{column} IN ({','.join('?' * len(wanted))})")
                values += wanted
        if self.since:
            tests.append("f.last >= ?")
            values.append(self.since)
        if self.until:
            tests.append("f.first <= ?")
            values.append(self.until + "~")  # 2025 holds 2025-12
        return " AND ".join(tests), values


_EDGES = """SELECT f.iri, s.iri, f.relation, o.iri FROM fact f JOIN thing s ON s.id = f.subject
JOIN thing o ON o.id = f.object"""


def kinds(index: Index, iri: str) -> list[Kind]:
    """What is told of a thing, the commonest first, its own facts before those of which it is the object."""
    return [
        Kind(relation, inverse, count)
        for inverse, column in ((False, "subject"), (True, "object"))
        for relation, count in index.rows(
            f"""SELECT relation, count(*) AS n FROM fact WHERE {column} = (SELECT id FROM thing WHERE iri = ?)
            GROUP BY relation ORDER BY n DESC, relation""",
            (iri,),
        )
    ]  # fmt: skip


def facts(index: Index, iri: str, kind: Kind, at: int = 0, size: int = 10) -> list[str]:
    """The facts of one kind about a thing, those that most articles say first."""
    column = "object" if kind.inverse else "subject"
    rows = index.rows(
        f"""SELECT iri FROM fact WHERE {column} = (SELECT id FROM thing WHERE iri = ?) AND relation = ?
        ORDER BY id LIMIT ? OFFSET ?""",
        (iri, kind.relation, size, at),
    )
    return [fact for (fact,) in rows]


def around(index: Index, iri: str, choice: Choice, limit: int) -> list[Edge]:
    """The facts about a thing, those with the things first of which most is told."""
    tests, values = choice.where()
    rows = index.rows(
        f"""SELECT * FROM (
          {_EDGES.replace("SELECT", "SELECT o.facts AS n,")} WHERE f.subject = x.id AND {tests} UNION
          {_EDGES.replace("SELECT", "SELECT s.facts AS n,")} WHERE f.object = x.id AND {tests})
        ORDER BY n DESC LIMIT ?""".replace("x.id", "(SELECT id FROM thing WHERE iri = ?)"),
        (iri, *values, iri, *values, limit),
    )
    return [Edge(*row[1:]) for row in rows]


def among(index: Index, iris: Iterable[str], choice: Choice) -> list[Edge]:
    """The facts both of whose ends are among the things."""
    marks = ",".join("?" * len(wanted := sorted(set(iris))))
    tests, values = choice.where()
    some = f"(SELECT id FROM thing WHERE iri IN ({marks}))"
    query = f"{_EDGES} WHERE f.subject IN {some} AND f.object IN {some} AND {tests} ORDER BY f.id"
    return [Edge(*row) for row in index.rows(query, (*wanted, *wanted, *values))]


def foremost(index: Index, choice: Choice, limit: int) -> list[str]:
    """The things that most facts are about."""
    marks = ",".join("?" * len(choice.classes))
    kind = f"AND type IN ({marks})" if choice.classes else ""
    query = f"SELECT iri FROM thing WHERE facts > 0 {kind} ORDER BY facts DESC, figures DESC, iri LIMIT ?"
    return [iri for (iri,) in index.rows(query, (*choice.classes, limit))]


def count(index: Index, choice: Choice) -> int:
    """How many things there are that facts are about."""
    marks = ",".join("?" * len(choice.classes))
    kind = f"AND type IN ({marks})" if choice.classes else ""
    ((number,),) = index.rows(f"SELECT count(*) FROM thing WHERE facts > 0 {kind}", choice.classes)
    return int(number)


def divisions(index: Index, iris: Iterable[str]) -> list[Edge]:
    """Which of the things lies in which other by what was known before reading."""
    marks = ",".join("?" * len(wanted := sorted(set(iris))))
    some = f"(SELECT id FROM thing WHERE iri IN ({marks}))"
    rows = index.rows(
        f"""SELECT '', p.iri, 'locatedIn', w.iri FROM within JOIN thing p ON p.id = part
        JOIN thing w ON w.id = whole WHERE part IN {some} AND whole IN {some} ORDER BY p.iri, w.iri""",
        (*wanted, *wanted),
    )
    return [Edge(*row) for row in rows]


def way(index: Index, start: str, end: str, choice: Choice) -> list[Edge]:
    """The facts along a shortest way between two things, whichever way they point; none where there is none.

    A search from both ends, the smaller front first. Where a thing has more neighbours than can matter to a
    reader (a province of which thousands of things are part), only those of which most is told are followed.
    """
    ends = dict(index.rows("SELECT iri, id FROM thing WHERE iri IN (?, ?)", (start, end)))
    if len(ends) < 2:
        return []
    seen: tuple[dict[int, int], dict[int, int]] = ({ends[start]: 0}, {ends[end]: 0})
    fronts = [[ends[start]], [ends[end]]]
    while all(fronts) and sum(map(len, seen)) < _LOOKED:
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        fronts[side], met = _step(index, fronts[side], seen[side], seen[1 - side], choice)
        if met is not None:
            nodes = [*reversed(_back(met, seen[0])), *_back(met, seen[1])[1:]]
            return _along(index, nodes, choice)
    return []


def _step(
    index: Index, front: Sequence[int], seen: dict[int, int], others: dict[int, int], choice: Choice
) -> tuple[list[int], int | None]:
    """The things one fact further, and the first that the search from the other end has seen."""
    further: list[int] = []
    for node in front:
        for other in _neighbours(index, node, choice):
            if other not in seen:
                seen[other] = node
                further.append(other)
            if other in others:
                return further, other
    return further, None


def _neighbours(index: Index, node: int, choice: Choice) -> list[int]:
    tests, values = choice.where()
    edges = "FROM fact f JOIN thing s ON s.id = f.subject JOIN thing o ON o.id = f.object"
    rows = index.rows(
        f"""SELECT x FROM (SELECT f.object AS x, o.facts AS n {edges} WHERE f.subject = ? AND {tests} UNION
        SELECT f.subject, s.facts {edges} WHERE f.object = ? AND {tests} UNION
        SELECT whole, facts FROM within JOIN thing ON id = whole WHERE part = ? UNION
        SELECT part, facts FROM within JOIN thing ON id = part WHERE whole = ?)
        ORDER BY n DESC, x LIMIT {_HUB}""",
        (node, *values, node, *values, node, node),
    )
    return [x for (x,) in rows]


def _back(node: int, seen: dict[int, int]) -> list[int]:
    """The way back from a thing to where the search began."""
    way = [node]
    while seen[way[-1]]:
        way.append(seen[way[-1]])
    return way


def _along(index: Index, nodes: Sequence[int], choice: Choice) -> list[Edge]:
    """The surest fact of each step, or else that one division holds the other."""
    tests, values = choice.where()
    found = []
    for a, b in pairwise(nodes):
        rows = index.rows(
            f"""{_EDGES} WHERE {tests} AND
            ((f.subject = ? AND f.object = ?) OR (f.subject = ? AND f.object = ?))
            ORDER BY f.confidence DESC, f.id LIMIT 1""",
            (*values, a, b, b, a),
        ) or index.rows(
            """SELECT '', p.iri, 'locatedIn', w.iri FROM within JOIN thing p ON p.id = part
            JOIN thing w ON w.id = whole WHERE (part = ? AND whole = ?) OR (part = ? AND whole = ?)""",
            (a, b, b, a),
        )
        found.append(Edge(*rows[0]))
    return found


def together(index: Index, one: str, other: str) -> list[str]:
    """The articles that mention both things, the newest first."""
    mine = "SELECT article FROM mention WHERE thing = (SELECT id FROM thing WHERE iri = ?)"
    query = f"SELECT iri FROM article WHERE id IN ({mine} INTERSECT {mine}) ORDER BY id"
    return [article for (article,) in index.rows(query, (one, other))]
