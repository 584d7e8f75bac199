"""Statements, figures and their proofs out of the index: the records of `kg.store.statements`, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kg.iris import iri
from kg.search.index import Index
from kg.store.statements import Figure, Proof, Statement

_FIGURE = """SELECT f.iri, t.iri, m.name, f.value, f.unit, f.text, f.qualifier, f.first, f.last, f.kind,
f.change, f.change_unit, f.basis, f.rank, f.out_of, f.confidence FROM figure f JOIN thing t ON t.id = f.about
JOIN thing m ON m.id = f.metric"""
_FACT = """SELECT f.iri, s.iri, f.relation, o.iri, f.role, f.confidence FROM fact f
JOIN thing s ON s.id = f.subject JOIN thing o ON o.id = f.object"""

_PROOF = """SELECT p.statement, p.quote, p.start, p.end, p.rule, a.file, a.title, a.published, p.evidence,
a.iri"""


def statements(index: Index, iris: Iterable[str]) -> dict[str, Statement]:
    """The facts named, with their proofs, by IRI."""
    wanted = list(iris)
    rows = index.rows(f"{_FACT} WHERE f.iri IN ({_marks(wanted)})", wanted)
    known = proofs(index, wanted)
    return {said[0]: Statement(*[*said, f"{sure:g}", known[said[0]]]) for *said, sure in rows}


def figures(index: Index, where: str, values: Sequence[object]) -> list[Figure]:
    """The figures `f` that a condition in SQL lets through, with their proofs."""
    rows = index.rows(f"{_FIGURE} WHERE {where}", values)
    known = proofs(index, (row[0] for row in rows))
    return [Figure(*[*said, known[said[0]]]) for said in rows]


def proofs(index: Index, statements: Iterable[str]) -> dict[str, tuple[Proof, ...]]:
    """The proofs of facts and figures, those of the newest articles first."""
    wanted = list(statements)
    rows = index.rows(
        f"""{_PROOF} FROM proof p JOIN article a ON a.id = p.article WHERE p.statement IN ({_marks(wanted)})
        ORDER BY p.article, p.start""",
        wanted,
    )
    found: defaultdict[str, list[Proof]] = defaultdict(list)
    for statement, *proof in rows:
        found[statement].append(Proof(*proof))
    return {statement: tuple(found[statement]) for statement in wanted}


def of_page(index: Index, page: str) -> list[tuple[str, Proof]]:
    """The statements that a page proves, each with its proof, in the order of the text."""
    rows = index.rows(
        f"""{_PROOF} FROM article a JOIN proof p ON p.article = a.id WHERE a.page = ?
        ORDER BY p.start, p.end, p.statement""",
        (iri(f"page:{page}"),),
    )
    return [(statement, Proof(*proof)) for statement, *proof in rows]


def _marks(wanted: Sequence[object]) -> str:
    return ",".join("?" * len(wanted))
