"""Tables in Parquet, as DuckDB reads them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest
from conftest import FIRM, first_page

from kg import graph, store
from kg.export import export
from kg.iris import iri

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks DuckDB of the tables of the seeds' graph."""
    return asked(store.open_store(built), tmp_path_factory.mktemp("tables"))


def asked(opened: store.Store, folder: Path) -> Ask:
    """Asks DuckDB of the tables of a store."""
    export(opened, "parquet", folder)
    connection = duckdb.connect()
    for file in folder.glob("*.parquet"):
        connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
    return lambda query: connection.execute(query).fetchall()


def test_figures_are_typed(ask: Ask) -> None:
    rows = ask(f"""SELECT value, unit, periodStart, periodEnd, kind, change FROM observations
                   WHERE about = '{iri("place:140900")}' AND metric = '出口额'""")
    assert (
        Decimal("1367000000"), "元", date(2025, 1, 1), date(2025, 6, 30), "Actual", Decimal("25.5"),
    ) in rows  # fmt: skip


def test_tables_join_and_hold_what_the_store_holds(ask: Ask, built: Path) -> None:
    opened = store.open_store(built)
    for table, kind in (("facts", "fz:Fact"), ("observations", "fz:Observation")):
        count = opened.select(f"SELECT (COUNT(*) AS ?n) {{ ?x a {kind} }}").rows[0][0]
        assert ask(f"SELECT count(*) FROM {table}") == [(int(count.value),)]  # type: ignore[union-attr]
    assert ask(f"""SELECT e.name FROM facts f JOIN entities e ON e.entity = f.object
                   JOIN evidence v ON v.statement = f.fact
                   WHERE f.subject = '{iri(f"ent:{FIRM}")}' AND predicate = 'exports'""") == [("高岭土",)]
    for table, statement in (("facts", "fact"), ("observations", "observation")):
        assert ask(f"FROM {table} ANTI JOIN evidence ON statement = {statement}") == []


def test_quotations_are_the_characters_of_the_page(ask: Ask, built: Path) -> None:
    seeds = Path(__file__).parent.parent / "seeds"
    for page, start, end, quote in ask('SELECT page, "start", "end", quote FROM evidence'):
        assert (seeds / page).read_text("utf-8")[start:end] == quote


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("0.1234567890123", Decimal("0.1234567890")),
        ("9" * 28, Decimal("9" * 28)),
        ("1" + "0" * 28, None),
        ("-3.5", Decimal("-3.5")),
    ],
)
def test_numbers_that_no_column_holds_leave_their_text(
    value: str, kept: Decimal | None, tmp_path: Path
) -> None:
    page = first_page()
    figure = replace(page.observations[0], value=Decimal(value), value_text="写作")
    store.build(tmp_path / "b", graph.quads(replace(page, observations=(figure,))))
    ask = asked(store.open_store(tmp_path / "b"), tmp_path / "t")
    assert ask("SELECT value, valueText FROM observations") == [(kept, "写作")]


def test_an_empty_graph_gives_empty_tables(tmp_path: Path) -> None:
    ask = asked(store.Embedded(ox.Store()), tmp_path)
    assert ask("SELECT count(*) FROM evidence") == [(0,)]


def test_without_pyarrow_one_line_says_what_to_install(sample: Path, tmp_path: Path) -> None:
    program = "import sys; sys.modules['pyarrow'] = None; from kg.cli import main; main()"
    arguments = ["export", "--to", "parquet", "--build", str(sample)]
    command = [sys.executable, "-c", program, *arguments]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "pip install 'fangzhi[parquet]'" in ended.stderr
    assert "Traceback" not in ended.stderr
