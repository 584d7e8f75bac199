"""The verb that puts a graph before people: `kg serve`."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette

from kg import serve as serving
from kg.cli.console import fail, out
from kg.cli.judging import DEFAULT, File, user
from kg.harmless import terminal
from kg.serve.patience import Patient
from kg.serve.safety import LOOPBACK
from kg.workers import Limits

app = typer.Typer()
LIMITS, MB = Limits(), 2**20


@app.command()
def serve(
    folder: Annotated[
        Path, typer.Argument(metavar="BUILD", help="The build folder that holds the graph.")
    ] = Path("build"),
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes any free port.")
    ] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 is all of this machine.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A further name by which browsers reach this server, as often as needed."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds that a SPARQL query may run.")
    ] = LIMITS.seconds,
    memory: Annotated[
        int, typer.Option(min=64, help="Megabytes that a SPARQL query may take.")
    ] = LIMITS.memory // MB,
    rows: Annotated[
        int, typer.Option(min=1, help="Rows that are given of the answer to a SPARQL query.")
    ] = LIMITS.rows,
    edit: Annotated[
        bool, typer.Option("--edit", help="Who opens the address printed may judge; for this machine alone.")
    ] = False,
    file: File = DEFAULT,
) -> None:
    """Serve the graph to browsers and programs. 浏览与查询服务。 Example: kg serve build --port 8000"""
    hosts = (*LOOPBACK, host, *(allow_host or ()))
    if edit and not {*hosts} <= {*LOOPBACK}:
        fail("--edit is for this machine alone: leave out --host and --allow-host")
    judge = serving.Judging(file, user()) if edit else None
    limits = replace(LIMITS, seconds=timeout, memory=memory * MB, rows=rows)
    config = _config(serving.app(serving.open_site(folder), hosts, limits, judge), host, port)
    listening = _listening(config)
    name, number = listening.getsockname()[:2]
    secret = f"?token={judge.token}" if judge else ""
    out.print(f"http://{terminal(name)}:{number}/{secret} — Ctrl+C ends it")
    uvicorn.Server(config).run(sockets=[listening])


def _config(served: Starlette, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        served,
        host=host,
        port=port,
        http=Patient,
        log_level="warning",
        server_header=False,
        access_log=False,
        timeout_keep_alive=120,  # longer than clients keep a connection: closing first may lose a request
    )


def _listening(config: uvicorn.Config) -> socket.socket:
    """The socket of the server, made here since uvicorn would log what it cannot use beside our one line."""
    place, family = (config.host, config.port), socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        listening = socket.create_server(place, family=family, backlog=config.backlog)
    except OSError as error:
        fail(f"{place[0]}, port {place[1]}: {error.strerror}; give another --port or --host")
    # asyncio forgets this for sockets that it did not make: each answer would wait 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
