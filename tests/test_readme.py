"""Every command and example of the README runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.S)
COMMANDS = [
    line.split("  #")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.startswith(".venv/bin/kg")
]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the README, by this Python, in a folder with the seeds and their graph."""
    words = shlex.split(command)
    words[:1] = [sys.executable, "-m", "kg"]
    expanded = [str(p) for w in words for p in (sorted(folder.glob(w)) if "*" in w else [w])]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(expanded, cwd=folder, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Path:
    """A checkout as `make run` leaves it."""
    place = tmp_path_factory.mktemp("readme")
    (place / "seeds").symlink_to(ROOT / "seeds")
    (place / "build").symlink_to(built)
    return place


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(command: str, folder: Path) -> None:
    done = run(command, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_readme_has_commands_and_two_commands_on_its_first_screen() -> None:
    assert len(COMMANDS) >= 12
    first = README[:1500]
    assert "make run" in first
    assert "make test" in first


def test_python_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    example = next(block for language, block in BLOCKS if language == "python")
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("出口额 1367000000 元 25.5\n")


def test_figures_name_their_command() -> None:
    section = README.split("## How well it reads")[1]
    assert "kg score" in section or "bench/" in section
