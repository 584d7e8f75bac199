"""The wheel holds all that the program needs: away from the checkout it does the main job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the built wheel; the dependencies are those of the test environment."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(place), str(ROOT)],
        check=True,
        capture_output=True,
    )
    environment = place / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    wheel = next(place.glob("*.whl"))
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    site = next((environment / "lib").glob("python*")) / "site-packages"
    ours = Path(sys.executable).parent.parent / "lib" / site.parent.name / "site-packages"
    (site / "dependencies.pth").write_text(f"{ours}\n", "utf-8")
    return environment


def test_main_job_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "pages")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

    def kg(*words: str) -> str:
        command = [str(installed / "bin" / "kg"), *words]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = [str(installed / "bin" / "python"), "-c", "import kg; print(kg.__file__)"]
    assert (
        str(installed)
        in subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    )
    kg("build", "pages", "--out", "out")
    assert "高岭土" in kg("show", "金宇科林", "--build", "out")
    assert "忻州" in kg("query", "exports-by-city", "--build", "out", "--format", "csv")
    kg("view", "--build", "out", "-o", "view.html")
    assert "金宇科林" in (tmp_path / "view.html").read_text("utf-8")
    assert "fresh" in kg("ontology", "--check")
