"""The JSON API keeps to what it says of itself: schemathesis tries it, and programs use it."""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import explorer

from kg.iris import iri


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[str]:
    """The address of a server over the graph of the seeds."""
    with explorer(built) as (url, _):
        yield url


def test_schemathesis_finds_nothing(site: str, tmp_path: Path) -> None:
    program = Path(sysconfig.get_path("scripts")) / "schemathesis"
    options = [
        "--checks",
        "all",
        "--max-examples",
        "25",
        "--seed",
        "7",
        "--phases",
        "examples,coverage,fuzzing",
    ]
    command = [
        str(program),
        "run",
        f"{site}/api/openapi.json",
        *options,
        "--phases",
        "examples,coverage,fuzzing",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout


def test_things_are_found_and_told(site: str) -> None:
    with httpx.Client(base_url=site) as client:
        found = client.get("/api/things", params={"q": "金宇科林", "kind": "Enterprise"}).json()
        (firm,) = found["items"]
        assert found["total"] == 1
        told = client.get("/api/entity", params={"iri": firm["iri"]}).json()
        assert "金宇科林" in told["names"]
        exports = [fact for fact in told["facts"] if fact["predicate"] == "exports"]
        assert exports[0]["object"] == iri("product:高岭土")
        assert "高岭土" in exports[0]["proofs"][0]["quote"]
        given = {"iri": iri("place:140900"), "metric": "出口额"}
        assert {f["metric"] for f in client.get("/api/figures", params=given).json()["items"]} == {"出口额"}
        assert client.get("/api/articles", params={"q": "煤矸石"}).json()["total"] >= 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/things?size=0", 400),
        ("/api/things?size=1&size=2", 400),
        ("/api/things?nope=1", 400),
        ("/api/entity", 400),
        ("/api/entity?iri=javascript:alert(1)", 400),
        (f"/api/entity?iri={iri('ent:无此物')}", 404),
        ("/api/nope", 404),
    ],
)
def test_bad_requests_are_told(site: str, path: str, status: int) -> None:
    answer = httpx.get(f"{site}{path}")
    assert answer.status_code == status
    assert "nope" not in answer.text
    assert "alert" not in answer.text
