"""Translations of an issue: out as a file that anybody can write in, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from mailer.content import find_issue, read_issue
from mailer.content.exchange import Form
from mailer.errors import Problem
from mailer.flow.translation_exchange import (
    TranslationReturn,
    export_translation,
    plan_return,
    write_return,
)
from mailer.model.base import Language
from mailer.model.translation import Progress, progress_of
from mailer.source import language_name
from mailer.studio.around import around_page
from mailer.studio.around_parts import (
    drop_zone,
    field,
    give_button,
    save_link,
    show_findings,
    show_problems,
    worked,
)
from mailer.studio.context import Studio
from mailer.studio.kit import arguments, button, chip, el, heading
from mailer.studio.translation_parts import show_changes, what_comes
from mailer.studio.views_proofs import many

LEAD = "Send a translator a file, and put what comes back in its place. They need nothing but Word."
KINDS = frozenset({"issues"})
FORMS: tuple[tuple[Form, str, str], ...] = (
    ("docx", "Word file", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xliff", "XLIFF 2", "application/xliff+xml"),
)


@dataclass
class TranslationsPage:
    """One open page."""

    studio: Studio
    slug: str
    progress: tuple[Progress, ...] = ()
    other: Language = ""
    exported: tuple[str, str] = ("", "")
    """Address and words of the file that was made last."""
    heap: str = ""
    by: str = ""
    theirs: bool = False
    plan: TranslationReturn | None = None
    problems: tuple[Problem, ...] = ()
    out_problems: tuple[Problem, ...] = ()
    said: str = ""
    is_busy: bool = False

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self._out = el("section", "sheet")
        with el("section", "sheet"):
            heading(2, "What came back")
            self.heap = self.studio.sent.begin()
            drop_zone(self.heap, "The Word or XLIFF file that was sent out", ".docx,.xlf,.xliff", self._came)
        self._back = el("div", "")
        await self.reload()

    async def reload(self) -> None:
        """Read how far each language is."""
        found, self.out_problems = await worked(self._progress)
        self.progress = found or ()
        self.show_out()

    def _progress(self) -> tuple[Progress, ...]:
        workspace = self.studio.desk.workspace()
        file = read_issue(find_issue(self.slug, workspace.issues), workspace.root)
        return tuple(progress_of(file.issue, each) for each in file.translations.values())

    def show_out(self) -> None:
        """Draw the languages and what can be sent out."""
        self._out.clear()
        with self._out:
            heading(2, "To the translator")
            show_problems(self.out_problems)
            with el("ul", "list"):
                for each in self.progress:
                    self._language(each.language, each.words)
                with el("li", ""), el("div", "row"):
                    field("Another language", self.other, self._other, placeholder="such as kk", size="10")
                    self._buttons(self.other)
            address, words = self.exported
            if address:
                with el("div", "row", role="status"):
                    save_link(address, f"Save {words}")

    def _language(self, language: Language, words: str) -> None:
        with el("li", ""), el("div", "row"):
            with el("span", ""):
                el("strong", "", language_name(language))
                el("span", "quiet", f"  {words}")
            self._buttons(language)

    def _buttons(self, language: Language) -> None:
        with el("div", "row"):
            for form, words, _ in FORMS:
                label = (
                    f"{words} in {language_name(language)}" if language else f"{words} in another language"
                )
                made = button("", words, mark="save", aria_label=label)
                made.on("click", partial(self._export, language, form), [])

    async def _other(self, event: object) -> None:
        self.other = arguments(event).strip()

    async def _export(self, language: Language, form: Form) -> None:
        language = language or self.other
        workspace = self.studio.desk.workspace()
        made, self.out_problems = await worked(
            lambda: export_translation(workspace, self.slug, language, form)
        )
        self.exported = ("", "")
        if made is not None:
            media_type = next(kind for name, _, kind in FORMS if name == form)
            name = f"{self.slug}.{language}.{'docx' if form == 'docx' else 'xlf'}"
            self.exported = self.studio.shelf.put(name, media_type, made), name
        self.show_out()

    async def _came(self) -> None:
        self.said = ""
        files = self.studio.sent.files(self.heap)
        for name in list(files)[:-1]:
            self.studio.sent.drop(self.heap, name)
        await self._look()

    async def _look(self) -> None:
        files = self.studio.sent.files(self.heap)
        self.plan, self.problems = None, ()
        if files:
            self.plan, self.problems = await worked(lambda: self._planned_of(files))
        self.show_back()

    def _planned_of(self, files: Mapping[str, bytes]) -> TranslationReturn:
        name, content = list(files.items())[-1]
        workspace = self.studio.desk.workspace()
        return plan_return(workspace, content, name, slug=self.slug, theirs=self.theirs, by=self.by)

    def show_back(self) -> None:
        """Draw what the file that came back would change."""
        self._back.clear()
        with self._back:
            if self.said:
                with el("div", "sheet", role="status"):
                    chip("written", "ok")
                    el("p", "", self.said)
            show_problems(self.problems)
            if self.plan:
                self._planned(self.plan)

    def _planned(self, plan: TranslationReturn) -> None:
        with el("section", "sheet"):
            heading(2, f"{language_name(plan.language)}: {many(len(plan.changes), 'change')}")
            for words in what_comes(plan):
                el("p", "", words)
            with el("div", "row"):
                field("Translated by (may then not approve it)", self.by, self._by, autocomplete="off")
                if self.theirs or any(each.rule == "translation.conflict" for each in plan.findings):
                    words = "Keep our words" if self.theirs else "Take theirs where both changed"
                    button("", words).on("click", self._take_theirs, [])
            if plan.files:
                give_button(
                    f"Put {many(len(plan.changes), 'change')} in its place", self._write, busy=self.is_busy
                )
        if plan.findings:
            show_findings(plan.findings)
        show_changes(plan)

    async def _by(self, event: object) -> None:
        self.by = arguments(event).strip()

    async def _take_theirs(self) -> None:
        self.theirs = not self.theirs
        await self._look()

    async def _write(self) -> None:
        plan = self.plan
        if plan is None or self.is_busy:
            return
        self.is_busy = True
        self.show_back()
        workspace, by = self.studio.desk.workspace(), self.by
        files = self.studio.sent.files(self.heap)
        paths, self.problems = await worked(
            lambda: write_return(workspace, self._planned_of(files) if by != plan.by else plan)
        )
        self.is_busy, self.plan = False, None
        if paths:
            for name in self.studio.sent.files(self.heap):
                self.studio.sent.drop(self.heap, name)
            named = ", ".join(workspace.shown(path) for path in paths)
            self.said = f"{many(len(plan.changes), 'change')} in {named}."
        self.show_back()
        await self.reload()


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/issues/{slug}/translations", response_timeout=60)
    async def translations_page(slug: str) -> None:
        with around_page(studio, slug, "translations", LEAD) as is_there:
            if is_there:
                page = TranslationsPage(studio, slug)
                await page.build()
                studio.on_change(KINDS, page.reload)
