"""The verbs that follow what was said over time: conflicts, promises, projects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kg import conflicts as disagreeing
from kg import known
from kg import projects as building
from kg import promises as promised
from kg import store as stores
from kg.cli.console import BUILD, AsJson, Folder, fail, out
from kg.conflicts import Conflict
from kg.harmless import terminal
from kg.projects import Life, Step
from kg.promises import STATUSES, Promise
from kg.store import Store
from kg.store.statements import Figure, Proof

app = typer.Typer()

Name = Annotated[str | None, typer.Argument(help="A thing, or a place with all in it; none is everything.")]
Endpoint = Annotated[str | None, typer.Option(help="Ask this SPARQL endpoint, not the build folder.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show.")]

_WORDS = {
    "kept": ("green", "兑现 kept"),
    "missed": ("red", "未兑现 missed"),
    "open": ("cyan", "未到期 open"),
    "silent": ("yellow", "无下文 silent"),
}


@app.command()
def conflicts(
    name: Name = None,
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
    least: Annotated[
        float, typer.Option(min=0, max=1, help="Leave out what is less sure than this.")
    ] = disagreeing.SHOWN,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Where sources disagree, with both quotations. 说法不一。 Example: kg conflicts 忻州市"""
    store, about = _asked(name, folder, endpoint)
    found = disagreeing.find(store, about, least)
    _tell(found, limit, as_json, "on which sources disagree", _conflict)


@app.command()
def promises(
    name: Name = None,
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
    status: Annotated[str | None, typer.Option(help=f"Only these: {', '.join(STATUSES)}.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Targets and what came of them. 目标兑现情况。 Example: kg promises 忻州市 --status missed"""
    chosen = next((known for known in STATUSES if known == status), None)
    if status is not None and chosen is None:
        fail(f"--status {status}: there are {', '.join(STATUSES)}")
    store, about = _asked(name, folder, endpoint)
    found = promised.find(store, about, chosen)
    _tell(found, limit, as_json, "promised", _promise)


@app.command()
def projects(
    name: Name = None,
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Stages, budgets and silence of projects. 项目进展。 Example: kg projects 忻州市"""
    store, about = _asked(name, folder, endpoint)
    found = building.find(store, about)
    _tell(found, limit, as_json, "projects with a stage or a budget", _life)


def _asked(name: str | None, folder: Path, endpoint: str | None) -> tuple[Store, str | None]:
    store = stores.open_store(endpoint or folder)
    return store, known.one(store, name) if name else None


def _tell(
    found: Sequence[Any], limit: int, as_json: bool, what: str, lines: Callable[[Any], Iterator[str]]
) -> None:
    if as_json:
        shown = [asdict(item) for item in found[:limit]]
        print(json.dumps(shown, ensure_ascii=False, indent=1, default=str))
        return
    for item in found[:limit]:
        for line in lines(item):
            out.print(line)
    more = f", {limit} shown: --limit shows more" if len(found) > limit else ""
    out.print(f"{len(found)} {what}{more}")


def _conflict(c: Conflict) -> Iterator[str]:
    when = "/".join(dict.fromkeys(filter(None, (c.first, c.last))))
    later = "变化 changed" if c.kind == "denial" else "修订 revised"
    sort = later if c.revision else "不一致 in conflict"
    head = f"[bold]{terminal(c.about.name)}[/bold] [cyan]{terminal(c.what)}[/cyan] {terminal(when)}"
    yield f"\n{head}  {sort} [dim]{c.confidence}[/dim]"
    for side in c.sides:
        plural = "witness" if side.witnesses == 1 else "witnesses"
        yield f"  [yellow]{terminal(side.says)}[/yellow] {side.witnesses} {plural}"
        yield from _quotes(side.proofs)


def _promise(p: Promise) -> Iterator[str]:
    colour, word = _WORDS[p.status]
    head = f"[bold]{terminal(p.about.name)}[/bold] [cyan]{terminal(p.what)}[/cyan]"
    yield f"\n{head} {terminal(_amount(p.target))} by {terminal(p.due)}  [{colour}]{word}[/{colour}]"
    yield from _quotes(p.target.proofs)
    for figure in p.settled:
        yield f"  → {terminal(_amount(figure))} {terminal(figure.first)}/{terminal(figure.last)}"
        yield from _quotes(figure.proofs)


def _amount(f: Figure) -> str:
    change = f"{f.basis or '增减'} {f.change}{f.change_unit}" if f.change else ""
    return " · ".join(filter(None, (f.text, f.qualifier, change)))


def _life(life: Life) -> Iterator[str]:
    places = "、".join(place.name for place in life.places)
    stage = building.STAGES.get(life.stage, "")
    silence = f"，{life.silence} days before the newest page" if life.silence else ""
    yield f"\n[bold]{terminal(life.about.name)}[/bold] {terminal(places)} [green]{stage} {life.stage}[/green]"
    yield f"  last heard of {terminal(life.heard or 'on a page without a date')}{silence}"
    for step in life.steps:
        yield f"  {terminal(step.day or 'no date')} {_step(step)}"
        yield from _quotes(step.proofs)
    for figure in life.budget:
        yield f"  [cyan]{terminal(figure.metric)}[/cyan] {terminal(_amount(figure))}"
        yield from _quotes(figure.proofs)
    if life.drift is not None:
        yield f"  投资变化 budget drift {life.drift:+}%"


def _step(step: Step) -> str:
    planned = " 计划 planned" if step.planned else ""
    overdue = " [red]逾期 overdue[/red]" if step.overdue else ""
    return f"{building.STAGES.get(step.stage, '')} {terminal(step.stage)}{planned}{overdue}"


def _quotes(proofs: Iterable[Proof]) -> Iterator[str]:
    for p in proofs:
        where = terminal(f"{p.published} {p.title} · {p.page}:{p.start}-{p.end}")
        yield f"    “{terminal(p.quote)}” [dim]{where}[/dim]"
