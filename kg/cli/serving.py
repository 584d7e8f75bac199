"""The verb that puts a graph before people: `kg serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from kg import serve as serving
from kg.cli.console import fail, out
from kg.harmless import terminal
from kg.serve.safety import LOOPBACK

app = typer.Typer()


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
) -> None:
    """Serve the graph to browsers and programs. 浏览与查询服务。 Example: kg serve build --port 8000"""
    site = serving.open_site(folder)
    hosts = (*LOOPBACK, host, *(allow_host or ()))
    config = uvicorn.Config(
        serving.app(site, hosts),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        access_log=False,
    )
    try:
        listening = config.bind_socket()
    except SystemExit:
        fail(f"port {port} of {host} cannot be used; give another --port")
    name, number = listening.getsockname()[:2]
    out.print(f"http://{terminal(name)}:{number}/ — Ctrl+C ends it")
    uvicorn.Server(config).run(sockets=[listening])
