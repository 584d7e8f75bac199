"""How the code is laid out: one way from pages to answers, and one owner for each thing that needs one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parent.parent
# Lowest first: a module may use those of its own row and of the rows above it here. A folder stands for all
# that is in it.
LAYERS = """
kg model
iris resources rules harmless stages
gazetteer script text jumps witnesses pinyin
sources pages values mentions slips
resolve relations observations milestones
pipeline graph ontology verdicts
extractions
identity
store engines runs
shelf shards workers
merging
search lookup answers bounds
promises
conflicts
projects
queries known check columns export score explain learn builder doctor backup
targets diff cases
view notebook
render serve
cli __main__
""".strip().splitlines()
ROW = {name: row for row, names in enumerate(LAYERS) for name in names.split()}
MAKERS = ROOT / "kg" / "lexicon"  # scripts that write tables: no part of the program


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the program by its dotted name."""
    files = [path for path in sorted((ROOT / "kg").rglob("*.py")) if MAKERS not in path.parents]
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}
    return {
        name.removesuffix(".__init__"): ast.parse(path.read_text("utf-8")) for name, path in named.items()
    }


def imports(name: str) -> Iterator[str]:
    """The modules of ours that a module imports, wherever in it."""
    for node in ast.walk(trees()[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "kg")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "kg":
            inner = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in trees() else str(node.module) for name in inner)


def home(name: str) -> str:
    """The name that LAYERS gives the module."""
    return f"{name}.".split(".")[1] or "kg"


@cache
def graph() -> nx.DiGraph:
    """Who imports whom. What the package itself gives away it loads only when asked."""
    drawn = nx.DiGraph()
    drawn.add_nodes_from(trees())
    drawn.add_edges_from((name, other) for name in trees() if name != "kg" for other in imports(name))
    drawn.remove_edges_from(list(nx.selfloop_edges(drawn)))
    return drawn


def strings(tree: ast.Module) -> Iterator[str]:
    """The texts of a module that are no documentation."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_every_module_has_its_place_and_every_place_its_module() -> None:
    assert {home(name) for name in trees()} == ROW.keys()


@pytest.mark.parametrize("name", sorted(trees()))
def test_nothing_is_imported_from_above(name: str) -> None:
    above = [other for other in graph()[name] if ROW[home(other)] > ROW[home(name)]]
    assert not above, f"{name} imports {', '.join(above)}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert list(nx.simple_cycles(graph())) == []


def test_reading_a_page_knows_nothing_of_graphs_and_stores() -> None:
    read = nx.descendants(graph(), "kg.pipeline")
    assert not {home(name) for name in read} & {"graph", "iris", "store", "queries", "view", "cli"}


def test_only_rules_opens_the_tables() -> None:
    for name, tree in trees().items():
        joined = {ast.unparse(n.right) for n in ast.walk(tree) if isinstance(n, ast.BinOp)} & {
            "'rules'",
            "'lexicon'",
        }
        tables = r"(kg/)?(rules|lexicon)/[\w.]*|(?!judgements).*\.tsv"
        named = {text for text in strings(tree) if re.fullmatch(tables, text)}
        assert name == "kg.rules" or not joined | named, f"{name}: {joined | named}"


def test_only_the_command_prints() -> None:
    for name, tree in trees().items():
        calls = {
            n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        outlets = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & {"stdout", "stderr"}
        assert name.startswith("kg.cli") or not (calls & {"print", "breakpoint"} or outlets), name


def test_only_iris_spells_names_of_the_web() -> None:
    for name, tree in trees().items():
        spelt = [text for text in strings(tree) if re.search(r"\bhttps?://\w", text)]
        assert name == "kg.iris" or not spelt, f"{name}: {spelt}"
