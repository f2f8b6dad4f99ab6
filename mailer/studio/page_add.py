"""Contributions into an issue: files are given, what would become of them is shown, then it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from nicegui import ui

from mailer.contribution.deciding import Decide
from mailer.errors import Problem
from mailer.flow.contributed import Imported, ImportPlan, PhotoPlace
from mailer.flow.contributing import plan_import, read_given, with_answers, write_import
from mailer.source.packed import len_in_words
from mailer.studio.add_parts import show_diff, show_items, show_mends, show_photo
from mailer.studio.around import around_page
from mailer.studio.around_parts import (
    choice,
    drop_zone,
    give_button,
    show_findings,
    show_problems,
    worked,
)
from mailer.studio.context import Studio
from mailer.studio.kit import arguments, button, chip, el, heading, worded
from mailer.studio.views_proofs import many

LEAD = "Word files, Markdown and mails that colleagues sent become items. Nothing that stands is overwritten."
ACCEPT = ".docx,.dotx,.md,.markdown,.txt,.eml,image/*"
DECISIONS: tuple[tuple[Decide, str], ...] = (
    ("keep", "stay open in the text, until somebody settles them"),
    ("accept", "are all accepted"),
    ("reject", "are all rejected"),
)


@dataclass
class AddPage:
    """One open page, with the files that it was given."""

    studio: Studio
    slug: str
    heap: str = ""
    decide: Decide = "keep"
    replace: str = ""
    answers: dict[PhotoPlace, dict[str, str]] = field(default_factory=dict)
    plan: ImportPlan | None = None
    problems: tuple[Problem, ...] = ()
    done: Imported | None = None
    is_busy: bool = False

    def build(self) -> None:
        """Lay the page out."""
        self.heap = self.studio.sent.begin()
        words = "Word (.docx), Markdown (.md) with its pictures, mails (.eml)"
        self._drop = drop_zone(self.heap, words, ACCEPT, self._came, several=True)
        self._body = el("div", "")

    async def _came(self) -> None:
        self.answers, self.done, self.replace = {}, None, ""
        await self._look()

    async def _look(self) -> None:
        """Plan it anew with all that was chosen."""
        self.plan, self.problems = None, ()
        if files := self.studio.sent.files(self.heap):
            self._wait("Reading …")
            self.plan, self.problems = await worked(lambda: self._planned_of(files))
        self.show()

    def _planned_of(self, files: Mapping[str, bytes]) -> ImportPlan:
        contributions = with_answers(read_given(tuple(files.items())), self.answers)
        replace = (self.replace,) if self.replace else ()
        workspace = self.studio.desk.workspace()
        return plan_import(workspace, contributions, into=self.slug, replace=replace, decide=self.decide)

    def _wait(self, words: str) -> None:
        self._body.clear()
        with self._body:
            el("p", "quiet", words, role="status")

    def show(self) -> None:
        """Draw it as things are now."""
        self._body.clear()
        with self._body:
            if self.done:
                self._done(self.done)
            self._files()
            show_problems(self.problems)
            if self.plan:
                self._planned(self.plan)

    def _files(self) -> None:
        files = self.studio.sent.files(self.heap)
        if not files:
            return
        with el("section", "sheet"):
            heading(2, f"Given: {many(len(files), 'file')}")
            with el("ul", "list"):
                for name, content in files.items():
                    with el("li", ""), el("div", "row"):
                        el("span", "", f"{name}, {len_in_words(len(content))}")
                        self._drop_button(name)

    def _drop_button(self, name: str) -> None:
        async def dropped() -> None:
            self.studio.sent.drop(self.heap, name)
            await self._came()

        button("ghost", "Take away", aria_label=f"Take away {name}").on("click", dropped, [])

    def _planned(self, plan: ImportPlan) -> None:
        with el("section", "sheet"):
            heading(2, "What would become of it")
            show_items(plan)
            self._choices(plan)
        missing = [photo for photo in plan.photos if photo.missing or photo.at in self.answers]
        if missing:
            with el("section", "sheet"):
                heading(2, "To be said of the photos")
                el("p", "hint", "What stays empty is a finding, and can be written into issue.yaml later.")
                for photo in missing:
                    show_photo(self.studio, photo, self.answers.get(photo.at, {}), self._said)
        if plan.findings:
            heading(2, f"Unsure: {many(len(plan.findings), 'finding')}")
            show_findings(plan.findings)
        show_mends(plan)
        show_diff(plan)
        with el("div", "sheet"):
            words = "Replace and add" if plan.replaces else f"Add {many(len(plan.items), 'item')}"
            give_button(words, self._write, busy=self.is_busy)

    def _choices(self, plan: ImportPlan) -> None:
        with el("div", "row"):
            if self.decide != "keep" or any(each.rule == "import.change" for each in plan.findings):
                choice("Tracked changes", DECISIONS, self.decide, self._decided)
            if sum(len(each.pieces) for each in plan.contributions) == 1 and self._own_items():
                named = [("", "no: it is a new item"), *self._own_items()]
                choice("Instead of an item that is there", named, self.replace, self._replaced)

    def _own_items(self) -> list[tuple[str, str]]:
        composed = self.studio.desk.look(self.slug, self.studio.desk.default_audience()).composed
        items = composed.file.issue.items if composed else ()
        return [(item.id, item.title or item.id) for item in items if item.kind != "heading"]

    async def _decided(self, event: object) -> None:
        wanted = arguments(event)
        self.decide = next((name for name, _ in DECISIONS if name == wanted), "keep")
        await self._look()

    async def _replaced(self, event: object) -> None:
        self.replace = arguments(event)
        await self._look()

    async def _said(self, at: PhotoPlace, what: str, words: str) -> None:
        said = self.answers.setdefault(at, {})
        if words.strip():
            said[what] = words.strip()
        else:
            said.pop(what, None)

    async def _write(self) -> None:
        plan = self.plan
        if plan is None or self.is_busy:
            return
        self.is_busy = True
        self.show()
        workspace, files = self.studio.desk.workspace(), self.studio.sent.files(self.heap)
        # What was said of photos since it was planned goes in too.
        self.done, self.problems = await worked(
            lambda: write_import(workspace, self._planned_of(files) if self.answers else plan)
        )
        self.is_busy = False
        if self.done:
            self.studio.sent.forget(self.heap)
            self.heap, self.plan, self.answers = "", None, {}
            self._drop.set_visibility(False)
        self.show()

    def _done(self, done: Imported) -> None:
        with el("section", "sheet", role="status"):
            with el("div", "title-row"):
                heading(2, f"{many(len(done.items), 'item')} in the issue")
                chip("written", "ok")
            shown = self.studio.desk.workspace().shown(done.issue)
            worded("p", "", f"They stand in `{shown}`. Look at them, and at what was found.")
            with el("div", "row"):
                el("a", "btn primary", "To the issue", href=f"/issues/{quote(self.slug)}")
                el("a", "btn", "Add more", href=f"/issues/{quote(self.slug)}/add")


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}/add", response_timeout=60)
    async def add_page(slug: str) -> None:
        with around_page(studio, slug, "add", LEAD) as is_there:
            if is_there:
                AddPage(studio, slug).build()
