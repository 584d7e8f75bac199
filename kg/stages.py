"""What a run did and how long each stage took, as log records; as JSON lines, and as figures for monitors."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import IO

LOG = logging.getLogger("kg")
Said = dict[str, int]  # counts of a stage, by name


@contextmanager
def stage(name: str) -> Iterator[Said]:
    """Log that a stage is done, with the seconds it took and the counts that are put into the dictionary."""
    said: Said = {}
    began = monotonic()
    yield said
    LOG.info(name, extra={"seconds": round(monotonic() - began, 3), "counts": said})


class Lines(logging.Handler):
    """Writes each record as a line of JSON: time, level, event, seconds, counts."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__()
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"time": time, "level": record.levelname, "event": record.getMessage()}
        if hasattr(record, "seconds"):
            line |= {"seconds": record.seconds, **getattr(record, "counts", {})}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()


class Metrics(logging.Handler):
    """Adds up what the stages of a run tell."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}
        self.counts: Said = {}

    def emit(self, record: logging.LogRecord) -> None:
        name = record.getMessage()
        self.seconds[name] = self.seconds.get(name, 0.0) + getattr(record, "seconds", 0.0)
        self.counts |= getattr(record, "counts", {})

    def write(self, file: Path) -> None:
        """Write them as Prometheus text where the name ends in `.prom`, else as JSON; whole or not at all."""
        text = prometheus(self.counts, self.seconds) if file.suffix == ".prom" else self._json()
        part = file.with_name(f".{file.name}.part")
        part.write_text(text, "utf-8")
        part.replace(file)

    def _json(self) -> str:
        return json.dumps({**self.counts, "seconds": self.seconds}, indent=1) + "\n"


def prometheus(counts: Mapping[str, int], seconds: Mapping[str, float]) -> str:
    """The text format of Prometheus, as its textfile collector reads it.

    >>> print(prometheus({"facts": 3}, {"read": 1.5}), end="")
    # TYPE kg_facts gauge
    kg_facts 3
    # TYPE kg_stage_seconds gauge
    kg_stage_seconds{stage="read"} 1.5
    """
    lines = [line for name, n in counts.items() for line in (f"# TYPE kg_{name} gauge", f"kg_{name} {n}")]
    lines.append("# TYPE kg_stage_seconds gauge")
    lines += (f'kg_stage_seconds{{stage="{name}"}} {took}' for name, took in seconds.items())
    return "\n".join(lines) + "\n"
