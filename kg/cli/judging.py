"""The verbs of those who judge what is one thing, what is wrong and what is right: each writes a line."""

from __future__ import annotations

import getpass
import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from kg import cases, render, store, targets, verdicts
from kg import diff as compared
from kg.cli.console import BUILD, AsJson, Folder, fail, out
from kg.harmless import one_line, terminal
from kg.shelf import open_shelf
from kg.verdicts import Judgement
from kg.verdicts.records import OF_FACTS, OF_FIGURES

DEFAULT, ENV = Path("judgements.tsv"), "KG_JUDGEMENTS"
app = typer.Typer()
judge = typer.Typer(
    help="Say what is one thing, what is another and what is right: a line each in a file. 判定。",
    no_args_is_help=True,
)
correct = typer.Typer(
    help="Take back or mend what was read: a line each in the file of judgements. 更正。",
    no_args_is_help=True,
)
app.add_typer(judge, name="judge")
app.add_typer(correct, name="correct")

File = Annotated[
    Path, typer.Option("--judgements", "-J", envvar=ENV, help="The file of judgements, one a line.")
]
Who = Annotated[str, typer.Option(help="Who judges; else the user of git, or of this machine.")]
Why = Annotated[str, typer.Option(help="Why, for those who read it later.")]
When = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; else today.")]
Page = Annotated[str, typer.Option(help="Only what this page says; else what all pages say.")]
_SIGNED = {"ignore_unknown_options": True}  # -3% is a value, no option


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A build folder, a graph file or an endpoint.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    limit: Annotated[int, typer.Option(min=0, help="Shown of each sort; 0 shows all.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What B says that A does not, and the other way round, in sentences. 比较两个图谱。

    Example: kg diff build-old build --limit 50
    """
    found = compared.diff(store.open_store(before), store.open_store(after))
    if as_json:
        sections = {s.name: {"counts": s.counts, "changes": [*map(asdict, s.changes)]} for s in found}
        print(json.dumps(sections, ensure_ascii=False, indent=1))
        return
    told = [section for section in found if section.counts]
    for section in told:
        for line in render.section(section, limit):
            out.print(line)
    if not told:
        out.print("they say the same")


@judge.command()
def same(
    a: Annotated[str, typer.Argument(help="A name, key or IRI.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    file: File = DEFAULT,
    folder: Folder = BUILD,
    who: Who = "",
    why: Why = "",
    when: When = None,
) -> None:
    """Two names are one thing. 同一对象。 Example: kg judge same 金宇科林 水塔醋业"""
    _of_two("same", a, b, file, folder, _by(who, why, when))


@judge.command()
def different(
    a: Annotated[str, typer.Argument(help="A name, key or IRI.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    file: File = DEFAULT,
    folder: Folder = BUILD,
    who: Who = "",
    why: Why = "",
    when: When = None,
) -> None:
    """Two names are two things. 不同对象。 Example: kg judge different 云海镁业二期项目 云海镁业三期项目"""
    _of_two("different", a, b, file, folder, _by(who, why, when))


@judge.command()
def alias(
    words: Annotated[list[str], typer.Argument(metavar="FORM = NAME", help="A form, and whose name it is.")],
    file: File = DEFAULT,
    folder: Folder = BUILD,
    who: Who = "",
    why: Why = "",
    when: When = None,
) -> None:
    """A form is a name of a thing. 别名。 Example: kg judge alias 科林 = 金宇科林"""
    given = [word for word in words if word != "="]
    if len(given) != 2:
        fail("write it as: kg judge alias FORM = NAME")
    found = targets.thing(store.open_store(folder), given[1])
    _write(file, [replace(_by(who, why, when), verdict="alias", subject=found, value=one_line(given[0]))])


@judge.command()
def confirm(
    words: Annotated[
        list[str], typer.Argument(metavar="FACT", help="A fact or figure: see kg correct retract.")
    ],
    page: Page = "",
    file: File = DEFAULT,
    folder: Folder = BUILD,
    who: Who = "",
    why: Why = "",
    when: When = None,
) -> None:
    """A fact or figure is right as it was read. 确认。 Example: kg judge confirm 金宇科林 exports 高岭土"""
    _of_statement("confirm", words, "", page, file, folder, _by(who, why, when))


@judge.command("list")
def list_(file: File = DEFAULT, as_json: AsJson = False) -> None:
    """The judgements of the file, with what is wrong with them. 列出判定。 Example: kg judge list"""
    held = verdicts.read(file)
    lines = sorted(held.judgements, key=lambda j: j.line)
    if as_json:
        record = {"judgements": [asdict(j) for j in lines], "problems": [asdict(p) for p in held.problems]}
        print(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        out.print(render.judgements(lines))
        for problem in held.problems:
            out.print(f"[red]{render.problem(problem)}[/red]")
    raise SystemExit(bool(held.problems))


@judge.command()
def undo(
    words: Annotated[
        list[str],
        typer.Argument(metavar="LINE|WORDS", help="The number of a line, or words that only one line has."),
    ],
    file: File = DEFAULT,
) -> None:
    """Take a judgement back: its line goes. 撤销判定。 Example: kg judge undo 7"""
    number, line = verdicts.remove(file, words)
    out.print(f"{terminal(file)}: line {number} taken out: {terminal(line)}")


@judge.command("as-gold")
def as_gold(
    output: Annotated[Path, typer.Option("--out", "-o", help="Folder for the gold files and their texts.")],
    file: File = DEFAULT,
    folder: Folder = BUILD,
) -> None:
    """Judged pages as gold, to measure later rules with. 判定转为评测集。

    Example: kg judge as-gold --out gold, then kg score gold/*.json --texts gold
    """
    number = cases.write(output, cases.cases(open_shelf(folder), verdicts.read(file)))
    out.print(f"{terminal(output)}: {number} cases; measure with: kg score {output}/*.json --texts {output}")


@correct.command()
def retract(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="FACT",
            help="An id of kg show --ids, or SUBJECT RELATION OBJECT, or SUBJECT METRIC [PRINTED].",
        ),
    ],
    page: Page = "",
    file: File = DEFAULT,
    folder: Folder = BUILD,
    who: Who = "",
    why: Why = "",
    when: When = None,
) -> None:
    """A fact or figure was read wrongly: out with it. 撤回。

    Example: kg correct retract 金宇科林 exportsTo 日本
    """
    _of_statement("retract", words, "", page, file, folder, _by(who, why, when))


@correct.command("type")
def type_(
    name: Annotated[str, typer.Argument(help="A name, key or IRI.")],
    kind: Annotated[str, typer.Argument(metavar="CLASS", help="A class, such as Agency.")],
    file: File = DEFAULT,
    folder: Folder = BUILD,
    who: Who = "",
    why: Why = "",
    when: When = None,
) -> None:
    """A thing is of another class. 更正类型。 Example: kg correct type 忻州海关 Agency"""
    graph = store.open_store(folder)
    like = replace(_by(who, why, when), verdict="type", value=kind)
    _write(file, [replace(like, subject=form) for form in targets.forms(graph, targets.thing(graph, name))])


def _mend(part: str) -> Callable[..., None]:
    """The verb that mends a part of a fact or figure."""

    def mend(
        words: Annotated[
            list[str],
            typer.Argument(metavar="FACT NEW", help="A fact or figure: see retract; then what is right."),
        ],
        page: Page = "",
        file: File = DEFAULT,
        folder: Folder = BUILD,
        who: Who = "",
        why: Why = "",
        when: When = None,
    ) -> None:
        *said, new = words
        if not said:
            fail(f"name what is wrong, then what is right: kg correct {part} FACT NEW")
        _of_statement(part, said, new, page, file, folder, _by(who, why, when))

    return mend


_EXAMPLES = {
    "subject": "主体。 Example: kg correct subject observation:51d4… 忻州市",
    "predicate": "关系。 Example: kg correct predicate 金宇科林 produces 煤矸石 usesMaterial",
    "object": "客体。 Example: kg correct object 金宇科林 exports 高岭 高岭土",
    "metric": "指标。 Example: kg correct metric 忻州市 出口 出口额",
    "value": "数值。 Example: kg correct value 忻州市 出口额 18.67亿元 13.67亿元",
    "change": "变动。 Example: kg correct change 忻州市 出口额 -3%",
    "rank": "位次。 Example: kg correct rank 忻州市 出口额 3",
    "period": "时期。 Example: kg correct period 忻州市 出口额 2025年上半年",
    "kind": "性质。 Example: kg correct kind 忻州市 出口额 Target",
}
for _part in dict.fromkeys((*OF_FACTS, *OF_FIGURES)):
    correct.command(_part, help=f"Mend the {_part}. 更正{_EXAMPLES[_part]}", context_settings=_SIGNED)(
        _mend(_part)
    )


def _by(who: str, why: str, when: datetime | None) -> Judgement:
    """A judgement that says only whose it is."""
    day = f"{when:%Y-%m-%d}" if when else date.today().isoformat()
    return Judgement("", "", who=one_line(who or user()), when=day, why=one_line(why))


def user() -> str:
    """The user of git, else of this machine."""
    try:
        asked = ["git", "config", "user.name"]
        named = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:  # no git here
        named = ""
    return named or getpass.getuser()


def _of_two(verdict: str, a: str, b: str, file: Path, folder: Path, by: Judgement) -> None:
    one, other = targets.two(store.open_store(folder), a, b)
    _write(file, [replace(by, verdict=verdict, subject=one, object=other)])


def _of_statement(
    verdict: str, words: Sequence[str], new: str, page: str, file: Path, folder: Path, by: Judgement
) -> None:
    graph = store.open_store(folder)
    target = targets.statement(graph, words)
    like = replace(by, verdict=verdict, value=one_line(new))
    _write(
        file, targets.judgements(graph, open_shelf(folder), target, like, page), targets.told(graph, target)
    )


def _write(file: Path, judgements: Iterable[Judgement], told: str = "") -> None:
    for judgement in verdicts.append(file, list(judgements)):
        said = told or f"{judgement.subject} {judgement.object or judgement.value}"
        out.print(f"{terminal(file)}: line {judgement.line}: {judgement.verdict} {terminal(said)}")
    out.print("applied by the next kg build or kg add; taken back with: kg judge undo LINE")
