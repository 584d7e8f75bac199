"""The graph as typed tables in Parquet, for DuckDB, pandas and whatever else reads columns.

Four tables that join by IRI: `entities`, `facts`, `observations`, and `evidence`, each row of which is one
proof of one fact or observation. Needs the extra `parquet`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from io import BytesIO
from typing import Any

from kg.store import Store
from kg.store.sparql import StoreError
from kg.store.statements import Figure, Statement, Thing, figures, mentioned, statements, things, triples

BATCH = 5000  # things or facts read at once
DIGITS, PLACES = 38, 10  # of a value: DuckDB reads no wider decimals
Row = dict[str, Any]


def tables(store: Store) -> dict[str, bytes]:
    """The files by name: `entities.parquet` and so on. Raises StoreError where pyarrow is missing."""
    try:
        from pyarrow import RecordBatch, parquet
    except ImportError as error:
        raise StoreError("Parquet needs pyarrow; install it with: pip install 'fangzhi[parquet]'") from error
    schemas = _schemas()
    files = {name: BytesIO() for name in schemas}
    writers = {name: parquet.ParquetWriter(files[name], schemas[name], compression="zstd") for name in files}
    for name, rows in _batches(store):
        writers[name].write_batch(RecordBatch.from_pylist(rows, schemas[name]))
    for writer in writers.values():
        writer.close()
    return {f"{name}.parquet": file.getvalue() for name, file in files.items()}


def _schemas() -> Mapping[str, Any]:
    """The columns of each table with their Arrow types."""
    import pyarrow as pa

    text, whole, share = pa.string(), pa.int64(), pa.float64()
    exact, day = pa.decimal128(DIGITS, PLACES), pa.date32()
    columns = {
        "entities": {"entity type name english latin": text, "otherNames": pa.list_(text)},
        "facts": {"fact subject predicate object role": text, "confidence": share},
        "observations": {
            "observation about metric": text, "value": exact, "unit valueText qualifier": text,
            "periodStart periodEnd": day, "kind": text, "change": exact, "changeUnit changeBasis": text,
            "rank rankOutOf": whole, "confidence": share,
        },
        "evidence": {"statement quote article page published": text, "start end": whole, "rule": text},
    }  # fmt: skip
    return {
        table: pa.schema([(name, kind) for names, kind in kinds.items() for name in names.split()])
        for table, kinds in columns.items()
    }


def _batches(store: Store) -> Iterator[tuple[str, list[Row]]]:
    """Rows, each lot with its table."""
    iris = mentioned(store)
    for lot in _lots(iris):
        yield "entities", [_entity(thing) for thing in things(store, lot).values()]
    for lot in _lots([fact for fact, *_ in triples(store)]):
        facts = statements(store, lot)
        yield "facts", [_fact(fact) for fact in facts]
        yield "evidence", _evidence(facts)
    for lot in _lots(iris):
        found = figures(store, lot)
        yield "observations", [_observation(figure) for figure in found]
        yield "evidence", _evidence(found)


def _lots(iris: Sequence[str]) -> Iterator[Sequence[str]]:
    return (iris[at : at + BATCH] for at in range(0, len(iris), BATCH))


def _entity(t: Thing) -> Row:
    return {
        "entity": t.iri, "type": t.type, "name": t.name, "english": t.english or None,
        "latin": t.latin or None, "otherNames": list(t.names),
    }  # fmt: skip


def _fact(f: Statement) -> Row:
    return {
        "fact": f.iri, "subject": f.subject, "predicate": f.predicate, "object": f.object,
        "role": f.role or None, "confidence": float(f.confidence),
    }  # fmt: skip


def _observation(o: Figure) -> Row:
    return {
        "observation": o.iri, "about": o.about, "metric": o.metric, "value": _exact(o.value),
        "unit": o.unit or None, "valueText": o.text or None, "qualifier": o.qualifier or None,
        "periodStart": _day(o.first), "periodEnd": _day(o.last), "kind": o.kind,
        "change": _exact(o.change), "changeUnit": o.change_unit or None, "changeBasis": o.basis or None,
        "rank": int(o.rank) if o.rank else None, "rankOutOf": int(o.out_of) if o.out_of else None,
        "confidence": float(o.confidence),
    }  # fmt: skip


def _evidence(said: Iterable[Statement | Figure]) -> list[Row]:
    return [
        {
            "statement": one.iri, "quote": p.quote, "article": p.title, "page": p.page,
            "published": p.published or None, "start": p.start, "end": p.end, "rule": p.rule,
        }
        for one in said
        for p in one.proofs
    ]  # fmt: skip


def _exact(text: str) -> Decimal | None:
    """A number as the column holds it; one that is too long for it is left out, its text stays."""
    number = Decimal(text or "NaN")
    fits = number.is_finite() and number.adjusted() < DIGITS - PLACES
    return number.quantize(Decimal(1).scaleb(-PLACES), context=Context(prec=DIGITS)) if fits else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
