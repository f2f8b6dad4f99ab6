"""Letters in a real browser: no fault that axe-core knows, no sideways scrolling, targets that a thumb hits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import pytest
from looks_kit import LANGUAGES, LAYOUTS, MODES, TEMPLATES, THEMES, letter, page_of

pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1000, "height": 800}
IN_A_MAIL_PROGRAM = """() => {
    const main = document.createElement("main");
    main.append(...document.body.childNodes);
    document.body.append(main);
}"""
"""A letter stands in the main part of a mail program's page; one of its own would be the second there."""
COLOUR_OF_A_HEADING = "getComputedStyle(document.querySelector('.cd h2')).color"
AXES = (TEMPLATES, LANGUAGES, LAYOUTS, THEMES, MODES)
Case = tuple[str, ...]


def pairwise_cases() -> list[Case]:
    """Few letters in which every two values of different axes meet: each covers as many new pairs as any can."""
    every = list(product(*AXES))
    open_pairs = set().union(*(pairs_of(case) for case in every))
    cases = []
    while open_pairs:
        best = max(every, key=lambda case: len(pairs_of(case) & open_pairs))
        cases.append(best)
        open_pairs -= pairs_of(best)
    return cases


def pairs_of(case: Case) -> set[tuple[tuple[int, str], ...]]:
    return set(combinations(enumerate(case), 2))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])


@pytest.fixture(scope="module")
def pages(browser: Browser) -> dict[str, Page]:
    """A page for each mode; opened once, for opening takes longer than looking."""
    return {mode: browser.new_context(color_scheme=mode, offline=True).new_page() for mode in MODES}


def faults(page: Page) -> list[str]:
    """What axe-core finds with all its rules, experimental and best practice too."""
    page.evaluate(Axe().axe_script)
    known = page.evaluate("axe.getRules().map(rule => rule.ruleId)")
    rules = {rule: {"enabled": True} for rule in known}
    found = page.evaluate("rules => axe.run({rules, resultTypes: ['violations']})", rules)
    return [
        f"{fault['impact']} {fault['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def open_letter(pages: dict[str, Page], case: Case) -> Page:
    template, language, layout, theme, mode = case
    page = pages[mode]
    page.set_viewport_size(PHONE)
    page.set_content(page_of(letter(template, language, layout, theme)))
    page.evaluate(IN_A_MAIL_PROGRAM)
    return page


def look_at(pages: dict[str, Page], case: Case) -> None:
    page = open_letter(pages, case)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults(page) == []
    low = page.evaluate(
        """[...document.querySelectorAll('a.tap, a.btn, .toc a')]
        .map(a => [a.textContent, a.getBoundingClientRect().height]).filter(([_, height]) => height < 44)"""
    )
    assert low == []


@pytest.mark.parametrize("case", pairwise_cases(), ids="-".join)
def test_a_letter_has_no_fault_and_fits_a_phone(pages: dict[str, Page], case: Case) -> None:
    look_at(pages, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", list(product(*AXES)), ids="-".join)
def test_every_letter_has_no_fault_and_fits_a_phone(pages: dict[str, Page], case: Case) -> None:
    look_at(pages, case)


def test_a_wide_screen_shows_no_fault_either(pages: dict[str, Page]) -> None:
    page = open_letter(pages, ("newsletter", "ar", "half", "glacier", "dark"))
    page.set_viewport_size(DESK)
    assert faults(page) == []


def test_columns_run_from_the_side_where_reading_begins(pages: dict[str, Page]) -> None:
    places = {}
    for language in ("en", "ar"):
        page = open_letter(pages, ("newsletter", language, "half", "steppe", "light"))
        page.set_viewport_size(DESK)
        first, second = (page.locator(f"#item-kind-{n}").bounding_box() for n in (1, 2))
        assert first
        assert second
        places[language] = first["x"] < second["x"]
        assert abs(first["y"] - second["y"]) < 5
    assert places == {"en": True, "ar": False}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_at_its_own_width_has_no_fault(pages: dict[str, Page], template: str) -> None:
    page = open_letter(pages, (template, "ru", "half", "glacier", "light"))
    page.set_viewport_size({"width": 600, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 600
    assert faults(page) == []


@pytest.mark.parametrize(("template", "theme"), [("newsletter", "steppe"), ("notice", "glacier")])
def test_the_dark_mode_of_outlook_com_can_be_read_too(
    pages: dict[str, Page], template: str, theme: str
) -> None:
    """Outlook.com marks what it recolours by attributes, whatever the browser's own mode is."""
    page = open_letter(pages, (template, "en", "wide", theme, "light"))
    light = page.evaluate(COLOUR_OF_A_HEADING)
    page.evaluate("for (const name of ['ogsc', 'ogsb']) document.querySelector('main').dataset[name] = ''")
    assert page.evaluate(COLOUR_OF_A_HEADING) != light
    assert faults(page) == []


def test_axe_finds_a_fault_where_there_is_one(pages: dict[str, Page]) -> None:
    page = open_letter(pages, ("newsletter", "en", "wide", "steppe", "light"))
    page.evaluate("document.querySelector('h1').style.color = '#2b5a56'")
    assert any("color-contrast" in fault for fault in faults(page))


def test_the_pairs_are_all_there_in_few_letters() -> None:
    cases = pairwise_cases()
    assert len(cases) <= 24
    assert set().union(*map(pairs_of, cases)) == set().union(*map(pairs_of, product(*AXES)))
