"""Which form of an answer a client gets: the formats, and the choice by the header Accept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.iris import PREFIXES


@dataclass(frozen=True, slots=True)
class Format:
    """A form of answers: its media type, what else it is called in Accept, and the writer that makes it."""

    name: str  # as in the parameter `format`, and the ending of files
    media: str
    writer: ox.QueryResultsFormat | ox.RdfFormat
    also: tuple[str, ...] = ()

    def written(self, triples: Iterable[ox.Triple]) -> bytes:
        """Triples in this format, sorted: the same bytes each time."""
        assert isinstance(self.writer, ox.RdfFormat)
        body = ox.serialize(sorted(triples, key=str), format=self.writer, prefixes=PREFIXES) or b""
        return _tidied(body) if self.writer == ox.RdfFormat.TURTLE else body


# The first of each is what a client gets that takes anything.
RESULTS = (
    Format("json", "application/sparql-results+json", ox.QueryResultsFormat.JSON, ("application/json",)),
    Format(
        "xml", "application/sparql-results+xml", ox.QueryResultsFormat.XML, ("application/xml", "text/xml")
    ),
    Format("csv", "text/csv", ox.QueryResultsFormat.CSV),
    Format("tsv", "text/tab-separated-values", ox.QueryResultsFormat.TSV),
)
GRAPHS = (
    Format("ttl", "text/turtle", ox.RdfFormat.TURTLE, ("application/x-turtle", "text/plain")),
    Format("nt", "application/n-triples", ox.RdfFormat.N_TRIPLES),
    Format("rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML, ("application/xml", "text/xml")),
    Format("jsonld", "application/ld+json", ox.RdfFormat.JSON_LD, ("application/json",)),
)
TRUTHS = RESULTS[:2]  # CSV and TSV have no form for the answer to ASK
HTML = "text/html"


def _tidied(turtle: bytes) -> bytes:
    """With the prefixes that are used alone, in order: the engine writes all, in any."""
    lines = turtle.split(b"\n")
    size = next((n for n, line in enumerate(lines) if not line.startswith(b"@prefix ")), 0)
    rest = b"\n".join(lines[size:])
    used = [line for line in sorted(lines[:size]) if line.split(b" ")[1] in rest]
    return b"\n".join([*used, rest])


def chosen(accept: str, offers: Sequence[Format]) -> Format | None:
    """The offer that a client likes best, the earliest among equals; nothing where it takes none of them."""
    wanted = dict(_ranges(accept or "*/*"))
    rated = [(_quality(wanted, offer), offer) for offer in offers]
    best = max(quality for quality, _ in rated)
    return next((offer for quality, offer in rated if quality == best), None) if best > 0 else None


def named(name: str, offers: Sequence[Format]) -> Format | None:
    """The offer of that name; clients also send names of their own, which are no reason to refuse them."""
    return next((offer for offer in offers if name in (offer.name, *offer.media.split("/"))), None)


def wants_html(accept: str) -> bool:
    """Whether a page is what the client asks for above all, as browsers do."""
    wanted = dict(_ranges(accept))
    others = (media for offer in (*RESULTS, *GRAPHS) for media in (offer.media, *offer.also))
    return HTML in wanted and wanted[HTML] >= max(wanted.get(media, 0.0) for media in others) > -1


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            yield media, min(max(float(quality), 0.0), 1.0)
        except ValueError:
            yield media, 0.0


def _quality(wanted: Mapping[str, float], offer: Format) -> float:
    """By the names of the offer that are wanted, else by the most exact range that takes it in."""
    exact = [wanted[media] for media in (offer.media, *offer.also) if media in wanted]
    ranges = (f"{offer.media.partition('/')[0]}/*", "*/*")
    return max(exact) if exact else next((wanted[fitting] for fitting in ranges if fitting in wanted), 0.0)
