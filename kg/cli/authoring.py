"""The verbs of those who write rules: measure, explain, learn, prove, and derive the ontology."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kg import explain as explaining
from kg import learn, ontology, render, rules, score
from kg.cli.console import AsJson, err, fail, out
from kg.harmless import terminal
from kg.relations import examples

app = typer.Typer()
own = typer.Typer(
    help=f"Rules for relations of your own, in the folder that {rules.OWN} names. 自定规则。",
    no_args_is_help=True,
)


@app.command("score")
def score_(
    gold: Annotated[list[Path], typer.Argument(help="Gold files (JSON), see CONTRIBUTING.md.")],
    texts: Annotated[list[Path], typer.Option("--texts", help="Folders that hold the texts.")],
    errors: Annotated[int, typer.Option(help="Show up to N errors of each kind.")] = 0,
    against: Annotated[
        Path | None, typer.Option(help="A record of --json before a change: show what it gained and lost.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the reading against hand annotations. 评测。 Example: kg score gold/*.json --texts seeds"""
    before = score.recorded(against) if against else None
    result = score.score(gold, texts)
    if as_json:
        print(json.dumps(result.record(), ensure_ascii=False, indent=1))
        return
    for part in render.scores(result):
        out.print(part)
    if before is not None:
        for line in render.turned(*score.turned(before, result.findings)):
            out.print(line)
    for kind, lines in result.errors.items():
        if errors:
            out.print(f"\n{kind}: {len(lines)}")
            out.print("\n".join(f"  {terminal(line)}" for line in lines[:errors]))


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="A text, or - for standard input.")],
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Issue date: what 今年 is counted from.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a text is read: names, coded sentence, rules that fired and that nearly did. 解释。

    Example: kg explain '华为与比亚迪签署合作协议。'
    """
    day = f"{published:%Y-%m-%d}" if published else None
    result = explaining.explain(sys.stdin.read() if text == "-" else text, day)
    if as_json:
        print(json.dumps([asdict(line) for line in result.lines], ensure_ascii=False, indent=1))
        return
    for line in render.explanation(result):
        out.print(line)


@app.command("ontology")
def ontology_(
    check_only: Annotated[
        bool, typer.Option("--check", help="Only say whether the files are fresh.")
    ] = False,
) -> None:
    """Write the derived files of ontology/ from the rule tables. 生成本体。"""
    stale = ontology.stale()
    if check_only and stale:
        fail(f"stale: {', '.join(path.name for path in stale)}; run kg ontology")
    for path in ontology.write():
        out.print(f"{terminal(path)}: written")
    if not stale:
        out.print("fresh")


@own.command("learn")
def learn_(
    sentence: Annotated[
        str, typer.Argument(help="A sentence that says it; names may be marked [Class:name].")
    ],
    subject: Annotated[str, typer.Argument(help="Who does it, as the sentence writes it.")],
    object_: Annotated[str, typer.Argument(metavar="OBJECT", help="To what, as the sentence writes it.")],
    relation: Annotated[str, typer.Option("--relation", "-r", help="A relation of relations.toml.")],
    pages: Annotated[
        list[str] | None, typer.Option("--pages", help="Files or folders in which to try it.")
    ] = None,
    confidence: Annotated[
        float, typer.Option(min=0.05, max=1, help="The share you expect to be right.")
    ] = 0.8,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write it without asking.")] = False,
) -> None:
    """Draft a rule from an example, show where it fires, write it to your own rules. 从例句学规则。

    Example: kg rules learn -r acquires '海川公司收购东岳公司。' 海川公司 东岳公司 --pages seeds
    """
    seen = list(learn.documents(pages or []))
    made = learn.draft(relation, sentence, subject, object_, seen, confidence)
    for line in render.draft(made, list(learn.firings(made, seen)), len(seen)):
        out.print(line)
    if yes or typer.confirm("Write this rule?"):
        out.print(f"{terminal(learn.write(made))}: written; kg rules check proves it")


@own.command("check")
def prove() -> None:
    """Prove each rule of each relation, yours included, by its finds and skips. 验证规则。"""
    tables = rules.table("relations")
    wrong = [line for name, table in tables.items() for line in examples.unproved(name, table)]
    for line in wrong:
        err.print(terminal(line))
    number = sum(len(table.get("rules", ())) for table in tables.values())
    out.print(f"{number} rules of {len(tables)} relations, {len(wrong)} of their examples wrong")
    raise SystemExit(bool(wrong))
