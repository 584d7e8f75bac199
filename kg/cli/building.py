"""The verbs that make a graph and keep it: build, add, remove, read, merge."""

from __future__ import annotations

import logging
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kg import builder, engines, render, stages, store, verdicts
from kg.cli.console import BUILD, AsJson, err, fail, out
from kg.cli.judging import DEFAULT, ENV
from kg.engines import Engine, cluster
from kg.harmless import terminal
from kg.merging import Report
from kg.store.server import push
from kg.verdicts import Verdicts

app = typer.Typer()
ENGINES = ("local", "dask")

Pages = Annotated[list[str], typer.Argument(help="Files, folders, globs, archives, or - for standard input.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the graph and the pages it is made of.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes; as many as cores unless given.")
]
Judgements = Annotated[
    Path | None,
    typer.Option(
        "--judgements", "-J", envvar=ENV, help=f"What people have judged; {DEFAULT} if it is there."
    ),
]


def _address(url: str | None) -> str | None:
    """Refuse what is no address before pages are read."""
    if url and not re.match(r"https?://", url):
        fail(f"--store {url}: no address of a server; kg build --help shows one")
    return url


Server = Annotated[
    str | None,
    typer.Option(
        "--store",
        callback=_address,
        help="Bring the graph to this SPARQL 1.1 server too: where it takes updates.",
    ),
]
Kind = Annotated[str, typer.Option("--engine", help=f"Who reads: one of {', '.join(ENGINES)}.")]
Scheduler = Annotated[str | None, typer.Option(help="The Dask cluster at this address, such as tcp://…")]


Log = Annotated[Path | None, typer.Option(help="Write what each stage did to this file, as JSON lines.")]
Metrics = Annotated[
    Path | None, typer.Option(help="Write counts and seconds to this file: .json, or .prom for Prometheus.")
]


@app.command()
def build(
    pages: Pages,
    out_folder: Out = BUILD,
    jobs: Jobs = None,
    engine: Kind = "local",
    scheduler: Scheduler = None,
    judgements: Judgements = None,
    server: Server = None,
    log: Log = None,
    metrics: Metrics = None,
    as_json: AsJson = False,
) -> None:
    """Read pages and build their graph. 读报建图。

    What an earlier build into the folder has read is not read again. Exit code 1 when an input could not be
    read or has no date or article: the rest is built.

    Example: kg build seeds --out build
    Example: kg build seeds --store http://localhost:7878/update
    """
    with _watched(log, metrics), _progress() as step:
        judged, who = _judged(judgements), _engine(engine, scheduler, jobs)
        report = builder.build(pages, out_folder, who, step, judged)
    _bring(out_folder, server)
    _tell(report, out_folder, as_json)


@app.command()
def add(
    pages: Pages,
    out_folder: Out = BUILD,
    jobs: Jobs = None,
    engine: Kind = "local",
    scheduler: Scheduler = None,
    judgements: Judgements = None,
    server: Server = None,
    log: Log = None,
    metrics: Metrics = None,
    as_json: AsJson = False,
) -> None:
    """Add pages to a graph, or put them in the place of what their files held. 添加。

    Example: kg add today.pdf --out build
    """
    with _watched(log, metrics), _progress() as step:
        judged, who = _judged(judgements), _engine(engine, scheduler, jobs)
        report = builder.add(pages, out_folder, who, step, judged)
    _bring(out_folder, server)
    _tell(report, out_folder, as_json)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names of pages or files, or globs.")],
    out_folder: Out = BUILD,
    judgements: Judgements = None,
    server: Server = None,
    log: Log = None,
    metrics: Metrics = None,
    as_json: AsJson = False,
) -> None:
    """Take pages out of a graph. 移除。 Example: kg remove '2024-07-16*.txt' --out build"""
    with _watched(log, metrics):
        report = builder.remove(names, out_folder, judged=_judged(judgements))
    _bring(out_folder, server)
    _tell(report, out_folder, as_json)


@app.command()
def read(
    pages: Pages,
    where: Annotated[str, typer.Option("--out", "-o", help="Folder or address (s3://…) for the shards.")],
    jobs: Jobs = None,
    engine: Kind = "local",
    scheduler: Scheduler = None,
    log: Log = None,
    metrics: Metrics = None,
) -> None:
    """Only read pages, into shards that kg merge makes a graph of: elsewhere, or another day. 只读。

    What is in shards there already is not read again. Exit code 1 when an input could not be read.

    Example: kg read 1958/ --out shards
    """
    with _watched(log, metrics), _progress() as step:
        errors = builder.read(pages, where, _engine(engine, scheduler, jobs), step)
    for problem in errors:
        err.print(f"[red]{render.problem(problem)}[/red]")
    raise SystemExit(1 if errors else 0)


@app.command()
def merge(
    places: Annotated[
        list[str], typer.Argument(metavar="SHARDS...", help="Folders or addresses that kg read wrote to.")
    ],
    out_folder: Out = BUILD,
    jobs: Jobs = None,
    judgements: Judgements = None,
    server: Server = None,
    log: Log = None,
    metrics: Metrics = None,
    as_json: AsJson = False,
) -> None:
    """Build the graph of all that shards hold. 合并。 Example: kg merge shards other/shards --out build"""
    with _watched(log, metrics):
        report = builder.merge_shards(places, out_folder, engines.local(jobs), _judged(judgements))
    _bring(out_folder, server)
    _tell(report, out_folder, as_json)


@contextmanager
def _watched(log: Path | None, metrics: Path | None) -> Iterator[None]:
    """Write what the stages tell to a log, and in the end to a file for monitors."""
    with ExitStack() as open_files:
        added = stages.Metrics()
        handlers: list[logging.Handler] = [added]
        if log:
            handlers.append(stages.Lines(open_files.enter_context(log.open("a", encoding="utf-8"))))
        for handler in handlers:
            stages.LOG.addHandler(handler)
            open_files.callback(stages.LOG.removeHandler, handler)
        stages.LOG.setLevel(logging.INFO)
        yield
        if metrics:
            added.write(metrics)


def _bring(folder: Path, url: str | None) -> None:
    """Make a server hold what the folder holds, if one is named."""
    if url:
        done = push(store.open_store(folder), url)
        counts = f"{done.sent} graphs sent, {done.unchanged} were there, {done.removed} taken away"
        err.print(f"{counts}; ask with: --endpoint '{terminal(done.ask)}'")


def _judged(file: Path | None) -> Verdicts:
    """What people have judged, as their file says; one that is named must be there."""
    if file and not file.is_file():
        fail(f"{file}: no such file; kg judge and kg correct make one")
    return verdicts.read(file or DEFAULT)


def _engine(kind: str, scheduler: str | None, jobs: int | None) -> Engine:
    if kind not in ENGINES:
        fail(f"--engine {kind}: there are {', '.join(ENGINES)}")
    return cluster.dask(scheduler, jobs) if kind == "dask" or scheduler else engines.local(jobs)


def _tell(report: Report, folder: Path, as_json: bool) -> NoReturn:
    """What was made, and what could not be read."""
    if as_json:
        with (folder / "report.json").open(encoding="utf-8") as file:
            shutil.copyfileobj(file, sys.stdout)
    else:
        for problem in report.troubles:
            err.print(f"[red]{render.problem(problem)}[/red]")
        out.print(render.report(report, folder))
        if report.notes:
            where = terminal(folder / "report.json")
            out.print(f"{report.notes} notes on what was not read: {where}")
    raise SystemExit(1 if report.troubles else 0)


@contextmanager
def _progress() -> Iterator[builder.Progress]:
    """How many pages were read, and how many were kept from before."""
    counts = {True: 0, False: 0}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def step(name: str, read: bool) -> None:
            counts[read] += 1
            bar.update(task, description=f"{counts[True]} read, {counts[False]} kept · {terminal(name)}")

        try:
            yield step
        except KeyboardInterrupt:
            bar.stop()
            err.print(f"stopped; {counts[True]} pages were read and are kept: the same command goes on there")
            raise SystemExit(130) from None
