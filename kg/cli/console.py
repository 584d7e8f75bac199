"""What all verbs print to, and how they fail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from kg.harmless import terminal

# No emoji: a page that prints :100: means just that.
out = Console(soft_wrap=True, emoji=False)
err = Console(stderr=True, soft_wrap=True, emoji=False)

Folder = Annotated[Path, typer.Option("--build", "-b", help="The build folder that holds the graph.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


BUILD = Path("build")


def fail(message: str) -> NoReturn:
    """One line, and out."""
    err.print(f"[red]kg:[/red] {terminal(message)}")
    raise SystemExit(2)
