"""What the doctor says of machines that lack something, and of builds that are broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import kg

from kg import doctor


def states(build: Path) -> dict[str, doctor.Check]:
    """What was found, by name."""
    return {check.what: check for check in doctor.examine(build)}


def test_here_all_is_well(built: Path) -> None:
    found = states(built)
    assert [check for check in found.values() if check.state == "broken"] == []
    assert found["pyoxigraph"].found
    assert found["extra dev"].state == "ok"
    assert "by version" in found[f"graph in {built}"].found


def test_what_is_missing_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(doctor, "_version", lambda name: "" if name in ("pypdfium2", "rich") else "1")
    found = states(tmp_path)
    assert (found["java"].state, "kg check" in found["java"].remedy) == ("absent", True)
    assert found["Chinese fonts"].state == "absent"
    assert found["extra pdf"].remedy == "pip install 'fangzhi[pdf]' for PDF"
    assert found["rich"].state == "broken"
    assert (found[f"graph in {tmp_path}"].state) == "absent"


def test_a_graph_that_does_not_open_is_broken(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "store").symlink_to("gone")
    (tmp_path / "gone" / "CURRENT").write_text("MANIFEST-000001\n")
    assert states(tmp_path)[f"graph in {tmp_path}"].state == "broken"


def test_what_is_damaged_beside_the_store_is_broken(tmp_path: Path) -> None:
    (tmp_path / "pages.sqlite").write_bytes(b"garbage" * 999)
    found = states(tmp_path)[str(tmp_path / "pages.sqlite")]
    assert (found.state, found.remedy) == ("broken", "delete it and build again")


def test_the_command_tells_it_to_people_and_programs(tmp_path: Path) -> None:
    done = kg("doctor", "--json", cwd=tmp_path)
    assert {check["what"] for check in json.loads(done.stdout)} >= {"fangzhi", "python", "java", "rules"}
    assert done.returncode == 0
    table = kg("doctor", cwd=tmp_path)
    assert "extra pdf" in table.stdout
