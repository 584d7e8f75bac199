"""What keeps the code readable: small modules, small functions, no catch-alls, nothing left to do."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("kg", "bench") for path in (ROOT / folder).rglob("*.py"))
MODULE, FUNCTION, USUAL = 300, 40, 12  # lines
BROAD = {"Exception", "BaseException"}


def functions(path: Path) -> dict[str, int]:
    """The lines of each function of a file."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    found = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {f"{node.name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1 for node in found}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_to_its_budget(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MODULE
    assert {name: lines for name, lines in functions(path).items() if lines > FUNCTION} == {}
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text)


def test_functions_are_short_as_a_rule() -> None:
    assert median(lines for path in FILES for lines in functions(path).values()) <= USUAL


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_caught_that_is_not_known(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type, f"line {node.lineno}"
            assert not {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} & BROAD, (
                f"line {node.lineno}"
            )
