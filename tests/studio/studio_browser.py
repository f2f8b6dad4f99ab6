"""A real Chromium for the studio's tests, and a page that tells what it asked for and what went wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, expect, sync_playwright
from studio_server import RunningStudio

CHROMIUM = Path("/usr/bin/chromium")
SHOTS = Path(__file__).parents[1] / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 15_000
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@contextmanager
def a_browser() -> Iterator[BrowserContext]:
    """One browser that keeps NiceGUI's scripts, as a person's browser does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        made = browser.new_context(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")
        made.grant_permissions(["clipboard-read", "clipboard-write"])
        made.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield made
        browser.close()


class Watched:
    """A page, with everything it asked the network for and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, studio: RunningStudio) -> None:
        self.studio = studio
        self.context = context
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", self._kept_back)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))

    def _kept_back(self, request: Request) -> None:
        """What our policy forbids is announced, but never leaves the browser."""
        if request.failure == "csp":
            self.asked.remove(request.url)

    def open(self, path: str) -> Page:
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.studio.origin}{path}{joint}token={self.studio.token}")
        return self.page

    def close(self) -> None:
        self.page.evaluate("localStorage.clear()")
        self.page.close()
        here = ("127.0.0.1", self.studio.port)
        elsewhere = {
            url
            for url in self.asked
            if not url.startswith(("data:", "about:", "blob:"))
            and (urlsplit(url).hostname, urlsplit(url).port) != here
        }
        assert not elsewhere, "the page asked for something elsewhere"
        assert not self.errors
