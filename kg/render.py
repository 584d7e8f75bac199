"""What the command shows, as rich tables and lines, texts from pages made harmless. Prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from rich.table import Table

from kg import queries
from kg.answers import Answer
from kg.diff import Section
from kg.doctor import Check
from kg.explain import Explanation, Line
from kg.harmless import terminal
from kg.iris import key
from kg.known import Known, Link
from kg.learn import Draft, Firing
from kg.merging import Report
from kg.model import Observation, Problem
from kg.score import Finding, Scores
from kg.store.statements import Figure, Proof
from kg.verdicts import Judgement

_FIRINGS = 20  # shown of a draft


def problem(p: Problem) -> str:
    """A problem in one line: file, place, what is wrong, remedy."""
    place = f" at character {p.span.start}" if p.span else ""
    return terminal(f"{p.page}{place}: {p.message}" + (f"; {p.remedy}" if p.remedy else ""))


def report(done: Report, folder: Path) -> Table:
    """What a build made, by class."""
    pages = f"{len(done.pages)} page{'s' * (len(done.pages) != 1)}"
    table = Table(title=terminal(f"{pages} → {folder / 'graph.ttl'}"), title_justify="left")
    table.add_column("class")
    table.add_column("count", justify="right")
    for name, number in sorted(done.counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(name, str(number))
    return table


def examination(findings: Sequence[Check]) -> Table:
    """What a machine has, with the remedy for what it lacks."""
    table = Table("what", "state", "found", "remedy")
    for one in findings:
        colour = {"ok": "green", "absent": "yellow", "broken": "red"}[one.state]
        state = f"[{colour}]{one.state}[/{colour}]"
        table.add_row(terminal(one.what), state, terminal(one.found), terminal(one.remedy))
    return table


def questions() -> Table:
    """The questions that come with the program."""
    table = Table("name", "问题", "question")
    for name in queries.names():
        asked = queries.load(name)
        table.add_row(name, asked.question["zh"], asked.question["en"])
    return table


def answer(found: Answer) -> Table:
    """An answer as a table."""
    table = Table(title=terminal(found.title) or None, title_justify="left")
    for column in found.columns:
        table.add_column(terminal(column), overflow="fold")
    for row in found.strings():
        table.add_row(*map(terminal, row))
    return table


def known(thing: Known, ids: bool = False, why: bool = False) -> Iterator[str]:
    """All that is known of a thing, with quotations; on request with ids, and with why its names are its."""
    about = thing.thing
    names = [n for n in (about.english, about.latin, *about.names) if n and n != about.name]
    yield f"[bold]{terminal(about.name)}[/bold]  {terminal(about.type)} {terminal(thing.code)}"
    if names:
        yield " · ".join(map(terminal, names))
    if thing.within:
        yield " < ".join(map(terminal, thing.within))
    for r in thing.reasons if why else ():
        ground = f"[dim]{terminal(r.score)} {terminal(r.ground)}[/dim]"
        yield f"[green]{terminal(r.key)}[/green] is {terminal(r.stands_for)}: {terminal(r.reason)} {ground}"
    yield from _links(thing.links, ids)
    yield from _links(thing.denied, ids, "[red]否认 denied[/red] ")
    for figure in thing.figures:
        yield f"\n[cyan]{terminal(figure.metric)}[/cyan] {terminal(_figure(figure))}{_id(figure.iri, ids)}"
        yield from _quotes(figure.proofs)


def _links(links: Sequence[Link], ids: bool, mark: str = "") -> Iterator[str]:
    for link in links:
        role = f" ({terminal(link.role)})" if link.role else ""
        english = f" [dim]{terminal(link.other.english)}[/dim]" if link.other.english else ""
        arrow = f"{'←' if link.inverse else '→'} [cyan]{terminal(link.relation)}[/cyan]"
        yield f"\n{mark}{arrow} [bold]{terminal(link.other.name)}[/bold]{role}{english}{_id(link.iri, ids)}"
        yield from _quotes(link.proofs)


def _id(iri: str, wanted: bool) -> str:
    return f" [dim]{key(iri)}[/dim]" if wanted else ""


def _quotes(proofs: Sequence[Proof]) -> Iterator[str]:
    for p in proofs:
        where = terminal(f"{p.title} · {p.page}:{p.start}-{p.end}")
        yield f"    “{terminal(p.quote)}” [dim]{where}[/dim]"


def _figure(f: Figure) -> str:
    period = "/".join(dict.fromkeys(filter(None, (f.first, f.last)))) or "no date"
    change = f"{f.basis or '增减'} {f.change}{f.change_unit}" if f.change else ""
    said = (f.text, f.qualifier, change, f"第{f.rank}" if f.rank else "", period, f.kind)
    return " · ".join(filter(None, said))


def judgements(lines: Sequence[Judgement]) -> Table:
    """Judgements by the lines of their file."""
    table = Table("line", "verdict", "of what", "what is right", "quotation", "who", "when", "why")
    for j in lines:
        judged = " ".join(filter(None, (j.subject, j.predicate, j.object)))
        quote = f"“{j.quote}” {j.page}" if j.quote else j.page
        cells = (str(j.line), j.verdict, judged, j.value, quote, j.who, j.when, j.why)
        table.add_row(*map(terminal, cells))
    return table


def section(found: Section, limit: int) -> Iterator[str]:
    """Differences of one sort, with the words that prove them; at most `limit`, all where it is 0."""
    counts = " ".join(f"{sign}{number}" for sign, number in found.counts.items())
    yield f"\n[bold]{found.name} {found.chinese}[/bold] {counts}"
    for c in islice(found.changes, limit or None):
        proof = f" —— “{terminal(c.quote)}” [dim]({terminal(c.page)})[/dim]" if c.quote else ""
        yield f"{c.sign} {terminal(c.said)}{proof}"
    left = sum(found.counts.values()) - limit
    if limit and left > 0:
        yield f"… {left} more: --limit 0 shows all"


def scores(result: Scores) -> Iterator[Table | str]:
    """Precision and recall by kind, and the attributes of the right figures."""
    table = Table("", "precision", "recall", "F1", "found", "in gold")
    for name, t in result.tallies.items():
        figures = (f"{t.precision:.3f}", f"{t.recall:.3f}", f"{t.f1:.3f}", str(t.found), str(t.wanted))
        table.add_row(name, *figures)
    yield table
    for name, (right, total) in result.attributes.items():
        yield f"{name}: {right / max(total, 1):.3f} of {total}"


def turned(gained: Sequence[Finding], lost: Sequence[Finding]) -> Iterator[str]:
    """What a change of the rules gained and lost, with the words that prove it."""
    for name, findings in (("gained", gained), ("lost", lost)):
        yield f"\n{name}: {sum(f.right for f in findings)} right, {sum(not f.right for f in findings)} wrong"
        for f in findings:
            mark = "[green]right[/green]" if f.right else "[red]wrong[/red]"
            proof = f"  “{terminal(f.quote)}”" if f.quote else ""
            yield f"  {mark} {terminal(f.said)}  [dim]{terminal(f.page)} {terminal(f.rule)}[/dim]{proof}"


def draft(made: Draft, found: Sequence[Firing], pages: int) -> Iterator[str]:
    """A rule to be, and the first places where it would fire."""
    yield from map(terminal, made.toml().splitlines())
    yield f"{pages} pages tried: fires {len(found)} times"
    for f in found[:_FIRINGS]:
        yield terminal(f"{f.subject} → {f.object}  “{f.quote}”  {f.page}")


def explanation(result: Explanation) -> Iterator[str]:
    """The workings of each sentence, then what came out."""
    for line in result.lines:
        yield from _workings(line)
    names = {e.key: e.name for e in result.extraction.entities}
    for f in result.extraction.facts:
        said = " ".join(filter(None, (names[f.subject], f.predicate, names[f.object], f.role)))
        yield f"[green]fact[/green] {terminal(said)}"
    for o in result.extraction.observations:
        yield f"[green]figure[/green] {terminal(f'{names[o.subject]} {_observation(o)}')}"


def _workings(line: Line) -> Iterator[str]:
    yield f"\n[bold]{terminal(line.text)}[/bold]"
    for m in line.mentions:
        rest = f"[cyan]{m.type}[/cyan] {terminal(m.name)} [dim]{m.rule} {m.certainty}[/dim]"
        yield f"  {m.start:>4} {terminal(m.text)} {rest}"
    steps = {"coded": line.coded, "values": " | ".join(line.values), "fired": " ".join(line.fired)}
    for label, value in (*steps.items(), ("near", " ".join(line.near))):
        if value:
            yield f"  [dim]{label}[/dim] {terminal(value)}"


def _observation(o: Observation) -> str:
    change = f"{o.change:+}{o.change_unit}" if o.change is not None else ""
    period = "/".join(map(str, o.period or ()))
    said = (o.metric, o.value_text, o.qualifier, change, f"第{o.rank}" if o.rank else "", period, o.kind)
    return " ".join(filter(None, said))
