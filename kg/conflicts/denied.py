"""Facts that one page states and another denies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from kg import lookup
from kg.answers import Named
from kg.conflicts.sides import Conflict, Side, Voices, when
from kg.ontology import relations
from kg.store import Store, statements
from kg.store.rows import batched, texts
from kg.store.statements import Statement

# A denial without a role denies the fact in whatever role.
_PAIRS = """SELECT DISTINCT ?denial ?fact {
    %s ?denial fz:deniedSubject ?s ; fz:deniedRelation ?p ; fz:deniedObject ?o .
    { ?fact rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }
    UNION { ?fact rdf:subject ?o ; rdf:predicate ?p ; rdf:object ?s FILTER(?p IN (%s)) }
    OPTIONAL { ?denial fz:role ?role } OPTIONAL { ?fact fz:role ?held }
    FILTER(!BOUND(?role) || (BOUND(?held) && ?role = ?held)) }"""
_OF = "VALUES ?thing { UNDEF } ?denial fz:deniedSubject|fz:deniedObject ?thing ."


def contradicted(store: Store, things: Sequence[str] | None) -> Iterator[Conflict]:
    """Denials of facts that other articles state, about these things or any.

    What was denied after all who state it had their say is a change, as 不再出口 is, and no conflict.
    """
    both_ways = ", ".join(f"fz:{name}" for name, row in sorted(relations().items()) if row.get("symmetric"))
    if things is None:
        found = texts(store, _PAIRS % ("", both_ways))
    else:
        found = batched(store, _PAIRS % (_OF, both_ways), "thing", things)
    pairs: defaultdict[str, set[str]] = defaultdict(set)
    for denial, fact in found:
        pairs[denial].add(fact)
    facts = {f.iri: f for f in statements.statements(store, chain.from_iterable(pairs.values()))}
    denials = {d.iri: d for d in statements.denials(store, pairs)}
    both = (*facts.values(), *denials.values())
    names = lookup.names(store, {end for f in both for end in (f.subject, f.object)})
    voices = Voices(store, (proof.article for f in both for proof in f.proofs))
    for iri, stated in sorted(pairs.items()):
        if conflict := _conflict(denials[iri], [facts[f] for f in sorted(stated)], names, voices):
            yield conflict


def _conflict(
    denial: Statement, stated: Sequence[Statement], names: Mapping[str, str], voices: Voices
) -> Conflict | None:
    own = {proof.article for proof in denial.proofs}
    no = tuple(sorted(denial.proofs, key=when))
    yes = tuple(sorted({p for f in stated for p in f.proofs if p.article not in own}, key=when))
    if not yes:
        return None
    other = names.get(denial.object, denial.object)
    said = f"{denial.predicate} {other}" + (f" {denial.role}" if denial.role else "")
    sides = [
        Side(f"{sign}{said}", tuple(told), voices.count(proofs), proofs)
        for sign, told, proofs in (("", stated, yes), ("not ", [denial], no))
    ]
    changed = "" < yes[-1].published < no[0].published
    sides.sort(key=lambda side: (changed and side.proofs is yes, -side.witnesses, side.published))
    sure = round(min(float(f.confidence or 1) for f in (denial, *stated)), 2)
    about = Named(names.get(denial.subject, denial.subject), denial.subject)
    return Conflict("denial", about, denial.predicate, "", "", tuple(sides), changed, sure)
