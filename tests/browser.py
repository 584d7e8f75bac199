"""A real Chromium for the tests, which notes every request and every error of the pages it shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """A page shown, what it asked for beside itself, and what went wrong on it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine. Without one the test is skipped, but in CI it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        missing = "no chromium on this machine; install Debian's package of that name"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, url: str, width: int = 1440, height: int = 900) -> Iterator[Visit]:
    """Shows the page at `url`."""
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    seen = Visit(page)
    page.on("request", lambda request: seen.requests.append(request.url) if request.url != url else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: seen.errors.append(dialog.message))
    page.goto(url)
    yield seen
    page.close()
