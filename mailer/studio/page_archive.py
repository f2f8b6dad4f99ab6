"""The archive on the web: what of this issue stands in it, and its pages to look at."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from nicegui import ui

from mailer.errors import Problem
from mailer.flow.archive import ArchiveBuilt, build_archive
from mailer.flow.archive_words import archived_notes
from mailer.source import language_name
from mailer.studio.archive_files import ARCHIVE
from mailer.studio.around import around_page
from mailer.studio.around_parts import give_button, open_link, show_problems, worked
from mailer.studio.context import Studio
from mailer.studio.kit import chip, el, heading, worded
from mailer.studio.views_archive import ArchiveRow, archive_row
from mailer.studio.views_proofs import many

LEAD = "Pages for everybody, with nothing personal in them: to be handed over whole to whoever runs the web site."
KINDS = frozenset({"issues", "settings", "pages"})


@dataclass
class ArchivePage:
    """One open page."""

    studio: Studio
    slug: str
    row: ArchiveRow | None = None
    built: ArchiveBuilt | None = None
    problems: tuple[Problem, ...] = ()
    is_busy: bool = False

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self._body = el("div", "")
        await self.reload()

    async def reload(self) -> None:
        """Read the issue and the archive anew."""
        if self.is_busy:
            return
        workspace = self.studio.desk.workspace()
        self.row, self.problems = await worked(lambda: archive_row(workspace, self.slug))
        self.show()

    def show(self) -> None:
        """Draw it as things are now."""
        self._body.clear()
        with self._body:
            show_problems(self.problems)
            if self.row:
                self._row(self.row)

    def _row(self, row: ArchiveRow) -> None:
        with el("section", "sheet"):
            heading(2, "What stands in it")
            el("p", "", row.words)
            _titles(row.kept_out)
            if row.targeted:
                el("p", "", "Everybody finds there what only some get:")
                _titles(row.targeted)
            worded("p", "hint", "`archive: no` at an item keeps it out.")
            if not row.was_sent:
                el("p", "hint", "This issue has not been sent yet.")
            give_button("Build the archive", self._build, busy=self.is_busy)
            if self.is_busy:
                el("p", "quiet", "Building …", role="status")
        if self.built:
            self._told(self.built)
        if row.pages:
            with el("section", "sheet"):
                heading(2, "Look at it")
                with el("div", "row"):
                    for language, path in row.pages:
                        open_link(f"{ARCHIVE}/{quote(path)}", language_name(language))
                    open_link(f"{ARCHIVE}/index.html", "All issues")

    def _told(self, built: ArchiveBuilt) -> None:
        with el("div", "sheet", role="status"):
            with el("div", "row"):
                chip("built", "ok")
                el("span", "", f"{many(built.written, 'file')} new or changed")
                el("code", "", self.studio.desk.workspace().shown(built.folder))
            for one in built.built:
                for words in archived_notes(one):
                    worded("p", "", words)

    async def _build(self) -> None:
        if self.is_busy:
            return
        self.is_busy, self.built = True, None
        self.show()
        workspace = self.studio.desk.workspace()
        self.built, problems = await worked(lambda: build_archive(workspace, (self.slug,)))
        self.is_busy = False
        await self.reload()
        if problems:
            self.problems = problems
            self.show()


def _titles(titles: tuple[str, ...]) -> None:
    if titles:
        with el("ul", "list"):
            for title in titles:
                el("li", "", title)


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}/archive", response_timeout=60)
    async def archive_page(slug: str) -> None:
        with around_page(studio, slug, "archive", LEAD) as is_there:
            if is_there:
                page = ArchivePage(studio, slug)
                await page.build()
                studio.on_change(KINDS, page.reload)
