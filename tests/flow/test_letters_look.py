"""Reminders in a real browser: no fault that axe-core knows, no sideways scrolling, answers that a thumb hits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.flow.test_letters import filled, reminder

pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
INTO_MAIN = """() => {
    const main = document.createElement("main");
    main.append(...document.body.childNodes);
    document.body.append(main);
}"""
LOW = """[...document.querySelectorAll('a.ans, a.btn')]
    .map(a => a.getBoundingClientRect().height).filter(height => height < 44)"""


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
def test_a_reminder_has_no_fault_and_fits_a_phone() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for language, mode in (("en", "light"), ("ru", "dark"), ("ar", "dark"), ("fr", "light")):
            page = browser.new_context(color_scheme=mode, offline=True).new_page()
            page.set_viewport_size({"width": 320, "height": 640})
            one = reminder("-14d", "KZ", "MN", moved_from=date(2017, 4, 3))
            page.set_content(filled(one, language, date(2017, 4, 10))[2])
            page.evaluate(INTO_MAIN)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert page.evaluate(LOW) == []
            found = Axe().run(page)
            assert found.violations_count == 0, f"{language}, {mode}: {found.generate_report()}"
        browser.close()
