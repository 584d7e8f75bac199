"""The verbs of those who run the program for others: what a machine has, and keeping what was built."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from kg import doctor as examined
from kg import render
from kg.cli.console import BUILD, AsJson, Folder, out

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
