"""What may be asked of an embedded engine: SPARQL 1.1 queries that read this store and nothing else.

Engines follow SERVICE to any address. A parser of our own would see another query than the engine in some
corner (Oxigraph reads `FILTER(?n<5)SERVICE#>` with a SERVICE in it, though the longest token there is an
IRI), and rdflib's takes 7 to 58 ms a query. So the text is cut into tokens, each of which must be known to
be harmless however the engine cuts it: words are those of the standard without SERVICE, names that could
hide the word are refused, and what was taken for a comment is blanked, so that the engine cannot take it
for anything else. One pass, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.iris import PREFIXES
from kg.store.sparql import BadQuery

DEPTH = 100  # nested brackets; the engine's parser overflows its stack between 1,000 and 3,000

_PN = r"[^\W_][\w\-.·]{0,63}"  # bounded, or a long text without a colon costs quadratic time
_TOKEN = re.compile(
    rf"""(?P<space>[\ \t\r\n]+) | (?P<comment>\#[^\r\n]*)
      | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
      | (?P<string>\"{{3}}[^\\"]*(?:(?:\\.|\"{{1,2}}(?!\"))[^\\"]*)*\"{{3}}
          | '{{3}}[^\\']*(?:(?:\\.|'{{1,2}}(?!'))[^\\']*)*'{{3}}
          | "[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*" | '[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*')
      | (?P<variable>[?$]\w+) | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*) | (?P<blank>_:[\w\-.·]+)
      | (?P<name>(?:{_PN})?:(?:[\w\-.·:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?) | (?P<word>[A-Za-z_]\w*)
      | (?P<open>[({{[]) | (?P<close>[)}}\]]) | (?P<mark>\^\^|&&|\|\||!=|<=|>=|[.;,*/|^!+\-=<>?])""",
    re.VERBOSE | re.DOTALL,
)
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_WORD = re.compile(
    """SELECT|ASK|CONSTRUCT|DESCRIBE|A|ABS|AS|ASC|AVG|BASE|BIND|BNODE|BOUND|BY|CEIL|COALESCE|CONCAT|CONTAINS
    |COUNT|DATATYPE|DAY|DESC|DISTINCT|ENCODE_FOR_URI|EXISTS|FALSE|FILTER|FLOOR|FROM|GRAPH|GROUP|GROUP_CONCAT
    |HAVING|HOURS|IF|IN|IRI|ISBLANK|ISIRI|ISLITERAL|ISNUMERIC|ISURI|LANG|LANGMATCHES|LCASE|LIMIT|MAX|MD5|MIN
    |MINUS|MINUTES|MONTH|NAMED|NOT|NOW|OFFSET|OPTIONAL|ORDER|PREFIX|RAND|REDUCED|REGEX|REPLACE|ROUND|SAMETERM
    |SAMPLE|SECONDS|SEPARATOR|SHA1|SHA256|SHA384|SHA512|STR|STRAFTER|STRBEFORE|STRDT|STRENDS|STRLANG|STRLEN
    |STRSTARTS|STRUUID|SUBSTR|SUM|TIMEZONE|TRUE|TZ|UCASE|UNDEF|UNION|URI|UUID|VALUES|WHERE|YEAR""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_HIDDEN = re.compile("service", re.IGNORECASE)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")  # no engine can read this as "less than"


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that may be run: its text without comments, its form, and the graphs that FROM names."""

    text: str
    form: str
    graphs: tuple[str, ...]


def checked(text: str) -> Checked:
    """The query if it only reads this store; else BadQuery with the place and the reason, in one line."""
    tokens = tuple(_tokens(text))
    words = (token[0].upper() for token in tokens if token.lastgroup == "word")
    form = next((word for word in words if word in FORMS), "")
    if not form:
        raise BadQuery("not a query: there is no SELECT, ASK, CONSTRUCT or DESCRIBE")
    plain = "".join(" " * len(t[0]) if t.lastgroup == "comment" else t[0] for t in tokens)
    said = [token for token in tokens if token.lastgroup not in ("space", "comment")]
    return Checked(plain, form, tuple(_graphs(said)))


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens one after the other, each allowed."""
    at, depth = 0, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if not token:
            raise _refused(text, at, "this is not SPARQL")
        reason = _reason(token)
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth > DEPTH:
            reason = f"brackets are nested more than {DEPTH} deep"
        if reason:
            raise _refused(text, at, reason)
        yield token
        at = token.end()


def _reason(token: re.Match[str]) -> str:
    """Why a token may not stand in a query, or nothing."""
    kind, said = token.lastgroup, token[0]
    if kind == "word":
        if said.upper() == "SERVICE":
            return "SERVICE is not allowed: this store asks no other"
        return "" if _WORD.fullmatch(said) else "no word of SPARQL 1.1 queries"
    hides = (kind == "name" and _HIDDEN.search(said.partition(":")[0])) or (
        kind in ("iri", "blank") and _HIDDEN.search(said) and not _ABSOLUTE.match(said)
    )
    return "the word SERVICE is not allowed in this place: choose another prefix or write the IRI out" * bool(
        hides
    )


def _graphs(said: Sequence[re.Match[str]]) -> Iterator[str]:
    """The IRIs that follow FROM and FROM NAMED, prefixes resolved; what cannot be resolved stays as it is."""
    prefixes = {f"{name}:": space for name, space in PREFIXES.items()}
    for token, after, later in zip(said, said[1:], said[2:], strict=False):
        word = token[0].upper() if token.lastgroup == "word" else ""
        if word == "PREFIX" and later.lastgroup == "iri":
            prefixes[after[0]] = later[0][1:-1]
        elif word == "FROM":
            named = later if after[0].upper() == "NAMED" else after
            space, colon, local = named[0].partition(":")
            yield (
                named[0][1:-1]
                if named.lastgroup == "iri"
                else prefixes.get(space + colon, space + colon) + local
            )


def _refused(text: str, at: int, reason: str) -> BadQuery:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return BadQuery(f"not a query that can be asked here: line {line}, column {column}: {reason}")
