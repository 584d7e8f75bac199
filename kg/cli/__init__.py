"""The command `kg`: one short function a verb. With its modules the only code that prints."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kg import __version__, check, export, known, queries, render, rules, score, store, verdicts
from kg import view as viewing
from kg.cli import authoring, building, judging, operations, serving, watching
from kg.cli.console import BUILD, AsJson, Folder, deadline, fail, out
from kg.engines.cluster import ClusterError
from kg.harmless import terminal
from kg.store import Store
from kg.store.sparql import StoreError

app = typer.Typer(
    name="kg",
    help="Fangzhi 方志: Chinese newspapers into a knowledge graph with proof. 把报纸读成有出处的知识图谱。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(building.app)
app.add_typer(authoring.app)
app.add_typer(authoring.own, name="rules")
app.add_typer(operations.app)
app.add_typer(serving.app)
app.add_typer(judging.app)
app.add_typer(watching.app)

Endpoint = Annotated[str | None, typer.Option(help="Ask this SPARQL endpoint, not the build folder.")]
FORMATS = ("table", "csv", "json", "ttl")


def main() -> None:
    """Run the command; known failures are one line on standard error and exit code 2."""
    for stream in filter(None, (sys.stdout, sys.stderr)):  # what a terminal cannot show costs no answer
        getattr(stream, "reconfigure", lambda errors: None)(errors="backslashreplace")
    gc.set_threshold(50_000)  # tables are large and in no cycles: looking for some takes a third of the start
    try:
        app()
    except (
        StoreError,
        queries.QueryError,
        known.UnknownName,
        rules.RuleError,
        score.GoldError,
        verdicts.VerdictError,
        ClusterError,
    ) as error:
        fail(str(error))
    except UnicodeEncodeError as error:
        fail(f"{error.reason}: these words are not UTF-8; set LC_ALL=C.UTF-8")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; check the path" if error.filename else str(error))


@app.command()
def query(
    question: Annotated[
        str | None, typer.Argument(help="Name, .rq file or SPARQL text; none lists the names.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="NAME=VALUE, as often as needed.")
    ] = None,
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
    form: Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")] = "table",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that the answer may take.")] = 60,
) -> None:
    """Ask a question. 提问。 Example: kg query exports-by-city --param city=忻州市"""
    if question is None:
        out.print(render.questions())
        return
    if form not in FORMATS:
        fail(f"--format {form}: there are {', '.join(FORMATS)}")
    with deadline(timeout):
        answer = queries.run(_store(folder, endpoint), question, _params(param or []))
    if form == "table":
        out.print(render.answer(answer))
    else:
        print({"csv": answer.csv, "json": answer.json, "ttl": answer.turtle}[form](), end="")


def _params(given: Sequence[str]) -> dict[str, object]:
    pairs = [item.partition("=") for item in given]
    for name, sign, _ in pairs:
        if not sign:
            fail(f"--param {name}: write it as NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _store(folder: Path, endpoint: str | None) -> Store:
    return store.open_store(endpoint or folder)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A name, alias, romanised name, code or IRI.")],
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
    ids: Annotated[bool, typer.Option("--ids", help="Also the ids by which kg correct takes them.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Also why its other names are names of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """All that is known of a thing, with quotations. 查一个对象。 Example: kg show 金宇科林"""
    thing = known.show(_store(folder, endpoint), name)
    if as_json:
        print(json.dumps(asdict(thing), ensure_ascii=False, indent=1))
        return
    for line in render.known(thing, ids, why):
        out.print(line)


@app.command()
def view(
    name: Annotated[str | None, typer.Argument(help="The thing in the middle; none shows the whole.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")] = Path(
        "view.html"
    ),
    depth: Annotated[int, typer.Option(min=1, max=6, help="How many links away from NAME.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=2000, help="How many things at most.")] = 300,
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
) -> None:
    """Write an interactive network view, one file that needs no network. 画网络图。

    Example: kg view 忻州市 --depth 2
    """
    page = viewing.view(_store(folder, endpoint), name, depth, limit)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, "utf-8")
    out.print(f"{terminal(output)}: open it in a browser")


@app.command("export")
def export_(
    to: Annotated[str, typer.Option("--to", "-t", help=f"One of {', '.join(export.FORMATS)}.")] = "ttl",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File, or folder of tables.")] = None,
    folder: Folder = BUILD,
    endpoint: Endpoint = None,
) -> None:
    """Take the graph away. 导出。 Example: kg export --to csv -o tables"""
    if to not in export.FORMATS:
        fail(f"--to {to}: there are {', '.join(export.FORMATS)}")
    target = output or Path("tables" if to in ("csv", "parquet") else f"graph.{to}")
    export.export(_store(folder, endpoint), to, target)
    out.print(f"{terminal(target)}: written")


@app.command("check")
def check_(folder: Folder = BUILD, as_json: AsJson = False) -> None:
    """Check the graph: shapes, ontology, plausible figures. 校验。 Exit code 1 when something is wrong."""
    problems = list(check.check(_store(folder, None)))
    if as_json:
        print(json.dumps([asdict(p) for p in problems], ensure_ascii=False, indent=1))
    for problem in () if as_json else problems:
        out.print(f"{problem.severity}: {render.problem(problem)}")
    if not as_json:
        out.print(f"{len(problems)} findings" if problems else "nothing wrong")
    raise SystemExit(any(p.severity == "error" for p in problems))


@app.callback(invoke_without_command=True)
def version(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version on request."""
    if show_version:
        out.print(f"kg {__version__}")
        raise typer.Exit
