"""What all verbs print to, and how they fail."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End the program when what is done within takes longer, or at Ctrl+C: a busy engine hears neither."""

    def late() -> None:
        err.print(f"[red]kg:[/red] no answer in {seconds:g} s; ask for less, or give another --timeout")
        os._exit(2)

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()
    interrupted = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, interrupted)
