"""Real SPARQL servers on this machine, started for a test and taken down after it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = {buffers}
DirsAllowed = {allowed}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
[SPARQL]
ResultSetMaxRows = 1000000
"""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def oxigraph(folder: Path, *, writable: bool = False, port: int = 0) -> Iterator[str]:
    """The address of an Oxigraph server over a store's folder."""
    port = port or free_port()
    serve = "serve" if writable else "serve-read-only"
    program = str(Path(sysconfig.get_path("scripts")) / "oxigraph")
    command = [program, serve, "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    with _running(command, port, folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def virtuoso(folder: Path, *, sql: int = 0, buffers: int = 4000, allowed: Path = Path()) -> Iterator[str]:
    """The address of a Virtuoso server that keeps its data in a folder. Without one the test is skipped.

    `sql` is its other port; it has so many buffers of 8 kB, and may load files of the folder `allowed`.
    """
    program = shutil.which("virtuoso-t")
    if not program:
        missing = "no Virtuoso here: apt-get install virtuoso-opensource-7-bin"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    http = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    settings = VIRTUOSO.format(sql=sql or free_port(), http=http, buffers=buffers, allowed=allowed)
    (folder / "virtuoso.ini").write_text(settings)
    with _running([str(program), "-f", "+configfile", "virtuoso.ini"], http, folder):
        yield f"http://dba:dba@127.0.0.1:{http}"


@contextmanager
def _running(command: Sequence[str], port: int, folder: Path) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            for _ in range(400):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert server.poll() is None, f"{command[0]} did not start"
                time.sleep(0.05)
            else:
                raise AssertionError(f"{command[0]} does not answer")
            yield server.pid
        finally:
            server.kill()


@contextmanager
def explorer(folder: Path, **limits: float) -> Iterator[tuple[str, int]]:
    """The address of our own server over a build folder, and its process."""
    port = free_port()
    program = (
        "import sys, uvicorn; from pathlib import Path; from kg import serve; from kg.workers import Limits;"
        f"uvicorn.run(serve.app(serve.open_site(Path(sys.argv[1])), limits=Limits(**{limits})),"
        f"host='127.0.0.1', port={port}, log_level='warning', timeout_keep_alive=60)"
    )
    with _running([sys.executable, "-c", program, str(folder)], port, folder) as process:
        yield f"http://127.0.0.1:{port}", process
