"""What the workers of tests/test_engines.py do. They import this, and nothing heavy with it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def chore(item: str) -> str:
    """In capitals, or what the item says."""
    what, _, rest = item.partition(" ")
    if what == "fail":
        raise ValueError(f"cannot {rest}")
    if what == "die" or (what == "die-once" and not Path(rest).exists()):
        Path(rest or os.devnull).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "end-parent-once" and not Path(rest).exists():
        Path(rest).touch()
        os.kill(os.getppid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(600)
    if what == "swell":
        return str(len(bytearray(1 << 40)))
    return item.upper()


def process(item: int) -> int:
    """Which process does it."""
    return os.getpid()
