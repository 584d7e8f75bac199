"""The verbs of those who run the program for others: what a machine has, and keeping what was built."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kg import backup as keeping
from kg import doctor as examined
from kg import render
from kg.cli.console import BUILD, AsJson, Folder, out
from kg.harmless import terminal

app = typer.Typer()


@app.command()
def doctor(folder: Folder = BUILD, as_json: AsJson = False) -> None:
    """What this machine has and what to install. 体检。 Exit code 1 when something needed is broken.

    Example: kg doctor
    """
    findings = list(examined.examine(folder))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        out.print(render.examination(findings))
    raise SystemExit(any(finding.state == "broken" for finding in findings))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write: …tar.gz.")],
    folder: Folder = BUILD,
) -> None:
    """Keep a build folder in one file. 备份。 Example: kg backup build-2025-08.tar.gz"""
    count = keeping.backup(folder, target)
    out.print(f"{terminal(target)}: {count} quads with their pages; kg restore makes a folder of it")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What kg backup has written.")],
    folder: Annotated[Path, typer.Option("--out", "-o", help="The build folder to make.")] = BUILD,
) -> None:
    """Make a build folder of a backup, proved whole. 恢复。

    Example: kg restore build-2025-08.tar.gz --out build
    """
    count = keeping.restore(source, folder)
    out.print(f"{terminal(folder)}: {count} quads, every file as it was")
