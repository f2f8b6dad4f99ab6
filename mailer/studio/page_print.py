"""The print edition of an issue, made as a PDF to look at and to save."""

from __future__ import annotations

from dataclasses import dataclass, field

from nicegui import ui

from mailer.content import find_issue, read_issue
from mailer.errors import Problem
from mailer.flow.printing import Printed, print_issue
from mailer.model.base import Language
from mailer.source import language_name
from mailer.source.packed import len_in_words
from mailer.studio.around import around_page
from mailer.studio.around_parts import (
    choice,
    open_link,
    save_link,
    show_problems,
    worked,
)
from mailer.studio.context import Studio
from mailer.studio.kit import arguments, button, chip, el, worded
from mailer.studio.views_proofs import many

LEAD = "The edition for paper: A4, two columns, with everything that stands in the archive."


@dataclass
class PrintPage:
    """One open page."""

    studio: Studio
    slug: str
    languages: tuple[Language, ...] = ()
    language: Language = ""
    printed: Printed | None = None
    address: str = ""
    problems: tuple[Problem, ...] = field(default=())
    is_busy: bool = False

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self._body = el("div", "sheet")
        found, self.problems = await worked(self._languages)
        self.languages = found or ()
        self.language = self.languages[0] if self.languages else ""
        self.show()

    def _languages(self) -> tuple[Language, ...]:
        workspace = self.studio.desk.workspace()
        file = read_issue(find_issue(self.slug, workspace.issues), workspace.root)
        return file.issue.language, *file.translations

    def show(self) -> None:
        """Draw it as things are now."""
        self._body.clear()
        with self._body:
            if self.languages:
                with el("div", "row"):
                    names = [(each, language_name(each)) for each in self.languages]
                    choice("Language", names, self.language, self._chosen)
                    make = button("primary", "Make the PDF", mark="issues").on("click", self._make, [])
                    if self.is_busy:
                        make.props["disabled"] = ""
            if self.is_busy:
                el("p", "quiet", "Setting the pages …", role="status")
            show_problems(self.problems)
            if self.printed:
                self._made(self.printed)

    def _made(self, printed: Printed) -> None:
        with el("div", "row", role="status"):
            chip(many(printed.pages, "page"), "ok")
            el("span", "", f"{language_name(printed.language)}, {len_in_words(len(printed.content))}")
            if printed.path:
                el("code", "", self.studio.desk.workspace().shown(printed.path))
        for words in printed.warnings:
            with el("div", "row"):
                chip("look at it", "warn")
                worded("span", "", words)
        with el("div", "row"):
            open_link(self.address, "Open it")
            save_link(self.address, "Save it")

    async def _chosen(self, event: object) -> None:
        wanted = arguments(event)
        self.language = wanted if wanted in self.languages else self.language

    async def _make(self) -> None:
        if self.is_busy:
            return
        self.is_busy, self.printed, self.problems = True, None, ()
        self.show()
        workspace, language = self.studio.desk.workspace(), self.language
        printed, self.problems = await worked(lambda: print_issue(workspace, self.slug, language))
        if printed:
            self.address = self.studio.shelf.put(printed.name, "application/pdf", printed.content)
        self.printed, self.is_busy = printed, False
        self.show()


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}/print", response_timeout=60)
    async def print_page(slug: str) -> None:
        with around_page(studio, slug, "print", LEAD) as is_there:
            if is_there:
                await PrintPage(studio, slug).build()
