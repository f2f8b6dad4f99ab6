"""Parts that the pages around an issue share: fields, what is wrong, files to save, and work in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from nicegui import run
from nicegui.element import Element

from mailer.errors import MailerError, Problem
from mailer.model.finding import Finding
from mailer.source.packed import len_in_words
from mailer.studio.desk import problems_in
from mailer.studio.kit import button, el, emit_value, svg
from mailer.studio.panel import finding_card
from mailer.studio.sent import MAX_FILE
from mailer.studio.views_issue import finding_row, problem_rows

T = TypeVar("T")


async def worked(work: Callable[[], T]) -> tuple[T | None, tuple[Problem, ...]]:
    """What the work gives, done in a thread; or None, and what is wrong."""

    def safely() -> tuple[T | None, tuple[Problem, ...]]:
        try:
            return work(), ()
        except (MailerError, OSError) as error:
            return None, problems_in(error)

    # NiceGUI gives None while it is being closed.
    return await run.io_bound(safely) or (None, ())


def show_problems(problems: Iterable[Problem]) -> None:
    """Everything that keeps a thing from being done, as findings."""
    rows = problem_rows(problems)
    if rows:
        with el("div", "findings wide", role="alert"):
            for row in rows:
                finding_card(replace(row, item=""))


def show_findings(findings: Iterable[Finding]) -> None:
    """What somebody should look at, worst first."""
    rows = sorted((finding_row(each, {}) for each in findings), key=lambda row: row.severity.rank)
    if rows:
        with el("div", "findings wide"):
            for row in rows:
                finding_card(replace(row, item=""))


def field(words: str, value: str, changed: Callable[[object], object], **attributes: str) -> Element:
    """A labelled line to write in; `changed` gets the event of every change."""
    with el("label", "asked"):
        el("span", "", words)
        made = el("input", "", value=value, **attributes)
        made.on("change", changed, js_handler=emit_value())
    return made


def choice(
    words: str, options: Iterable[tuple[str, str]], value: str, changed: Callable[[object], object]
) -> None:
    """A labelled choice among (value, words)."""
    with el("label", "asked"):
        el("span", "", words)
        made = el("select", "")
        made.on("change", changed, js_handler=emit_value())
        with made:
            for each, said in options:
                el("option", "", said, value=each, selected=each == value)


def save_link(address: str, words: str) -> None:
    """A button that saves a file the studio has made."""
    with el("a", "btn", href=f"{address}?save=true", download=True):
        svg("save")
        el("span", "", words)


def open_link(address: str, words: str) -> None:
    """A button that opens something beside the studio."""
    with el("a", "btn", href=address, target="_blank", rel="noopener"):
        svg("open")
        el("span", "", words)


def drop_zone(
    heap: str, words: str, accept: str, came: Callable[[], object], *, several: bool = False
) -> Element:
    """A place to choose files, or to drop them; `came` is called once they are there."""
    form = el("div", "drop", data_sent=heap, data_limit=str(MAX_FILE))
    form.on("sent", came, [])
    with form:
        with el("label", "asked"):
            el("span", "", "Choose files, or drop them here" if several else "Choose a file, or drop it here")
            el("input", "", type="file", accept=accept, multiple=several)
        el("p", "hint", f"{words}. At most {len_in_words(MAX_FILE)} each.")
        el("p", "", "", data_sent_words=True, role="status", aria_live="polite")
    return form


def give_button(words: str, done: Callable[[], object], *, busy: bool) -> None:
    """The button that writes what was shown."""
    made = button("primary", words, mark="check").on("click", done, [])
    if busy:
        made.props["disabled"] = ""
