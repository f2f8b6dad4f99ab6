"""The side panel of an issue: its findings, who gets it, and the commands that take it further."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mailer.config import OutboxRelay
from mailer.model.finding import Severity
from mailer.studio.kit import Choice, button, chip, command_line, el, heading, svg, worded
from mailer.studio.programs import Programs
from mailer.studio.proof_cards import no_proof_page, proof_card, proof_page_card
from mailer.studio.views_issue import (
    SEVERITY_WORDS,
    FindingRow,
    finding_rows,
    problem_rows,
    severity_counts,
    translation_rows,
)
from mailer.studio.views_proofs import Step, many, next_steps
from mailer.studio.views_readers import who_gets_it

if TYPE_CHECKING:
    from mailer.flow import Composed
    from mailer.studio.page_issue import IssuePage

MOST_BARS = 14


class SidePanel:
    """Three leaves, one shown at a time."""

    def __init__(self, page: IssuePage) -> None:
        self._page = page
        self._leaf = "findings"
        self._programs = Programs()
        with el("aside", "side", aria_label="Findings, readers and next steps"):
            self._tabs = Choice("What to see", self._choose, "tabs")
            self._tabs.add("findings", "Findings")
            self._tabs.add("readers", "Readers")
            self._tabs.add("next", "Next steps")
            self._body = el("div", "side-body")

    async def _choose(self, leaf: str) -> None:
        self._leaf = leaf
        self.show()

    def show(self) -> None:
        """Fill the chosen leaf with how things are now."""
        self._tabs.show(self._leaf)
        self._body.clear()
        with self._body:
            match self._leaf:
                case "findings":
                    self._findings()
                case "readers":
                    self._readers()
                case _:
                    self._next()

    def show_proofs(self) -> None:
        """Fill the leaf anew if it is the one that shows proofs."""
        if self._leaf == "next":
            self.show()

    def _findings(self) -> None:
        look = self._page.state
        if look is None:
            return
        standing, waived = finding_rows(look.composed) if look.composed else ((), ())
        rows = (*problem_rows(look.problems), *standing)
        with el("div", "counters"):
            for severity, count in severity_counts(rows).items():
                with el("div", f"counter {severity.value}" + ("" if count else " none")):
                    el("b", "", str(count))
                    el("span", "", SEVERITY_WORDS[severity])
        if look.composed:
            _translations(look.composed)
        if not rows:
            with el("div", "all-clear"):
                svg("check")
                with el("div", ""):
                    el("strong", "", "Nothing to mend")
                    can_look = " and could look" if look.composed and look.composed.not_checked else ""
                    el("p", "", f"Every check that runs without a network{can_look} has passed.")
        with el("div", "findings", data_list=True):
            for row in rows:
                finding_card(row)
        if waived:
            with el("details", "waived"):
                el("summary", "", f"{many(len(waived), 'finding')} that somebody answers for")
                for row in waived:
                    finding_card(row)
        if look.composed and look.composed.not_checked:
            _not_checked(look.composed)
        if look.composed:
            self._programs.show(look.composed, self._page.studio.desk.workspace())

    def _readers(self) -> None:
        look = self._page.state
        if look is None or look.composed is None:
            el("p", "quiet", "Who gets it is known when the files can be used.")
            return
        workspace = self._page.studio.desk.workspace()
        who = who_gets_it(look.composed, workspace.config.newsletter.list)
        with el("div", "big-number"):
            el("b", "", f"{who.readers:,}")
            el("span", "", "reader" if who.readers == 1 else "readers")
        if who.subscribed is not None and who.subscribed < who.readers:
            el(
                "p",
                "hint",
                f"{who.subscribed:,} subscribe to the newsletter; the others are left out when it is sent.",
            )
        _bars("By country", who.countries, who.readers)
        _bars("By role", who.roles, who.readers)
        _bars("By language of the version", who.languages, who.readers)

    def _next(self) -> None:
        page = self._page
        look = page.state
        clean = look is not None and look.composed is not None and not look.problems
        if clean and look is not None and look.composed is not None:
            clean = not any(finding.severity is Severity.STOP for finding in look.composed.standing)
        if page.proof_page:
            proof_page_card(page.slug, page.proof_page)
        el("p", "hint", "The studio shows; approving and sending are done by command. Each is ready to copy.")
        config = page.studio.desk.workspace().config
        practice = isinstance(config.relays[config.relay], OutboxRelay)
        step_list(next_steps(page.slug, page.shown.audience, page.proofs, clean=clean, practice=practice))
        if page.proof_page is None:
            no_proof_page()
        if page.proofs:
            heading(3, "Proofs kept", "panel-title")
            for row in page.proofs:
                proof_card(row)


def step_list(steps: Iterable[Step]) -> None:
    """Things to do in order, each with its command."""
    with el("ol", "steps"):
        for step in steps:
            with el("li", "step done" if step.done else "step"):
                with el("div", "step-head"):
                    el("strong", "", step.words)
                    if step.done:
                        chip("done", "ok")
                    if step.note:
                        el("span", "quiet", step.note)
                command_line(step.command)


def finding_card(row: FindingRow) -> None:
    """A finding with its place, its hint and the way to what it is about."""
    with el("article", f"finding {row.severity.value}"):
        with el("div", "finding-top"):
            chip(row.severity.value, {"stop": "bad", "warn": "warn"}.get(row.severity.value, "quiet"))
            if row.item:
                button(
                    "where",
                    row.where,
                    data_jump=f"item-{row.item}",
                    data_row=True,
                    title="Show it in the preview",
                )
            else:
                el("span", "where", row.where)
        worded("p", "finding-words", row.message)
        if row.words:
            el("q", "words", row.words)
        if row.hint:
            worded("p", "hint", row.hint)
        with el("div", "place-line"):
            if row.place:
                button("ghost place-copy", row.place, data_copy=row.place, title="Copy the place")
            el("span", "rule", row.rule)
        if row.waived:
            el("p", "answer", row.waived)


def _not_checked(composed: Composed) -> None:
    with el("section", "not-checked", aria_labelledby="not-checked"):
        heading(3, "Not checked", "panel-title").props["id"] = "not-checked"
        with el("ul", ""):
            for one in composed.not_checked:
                with el("li", ""):
                    el("span", "what", ", ".join(one.what))
                    worded("span", "quiet", one.why)


def _translations(composed: Composed) -> None:
    rows = translation_rows(composed.progress)
    if not rows:
        return
    with el("ul", "bars translations", aria_label="Translations"):
        for row in rows:
            with el("li", "bar behind" if row.is_behind else "bar"):
                el("span", "bar-name", row.name)
                el("span", "bar-count", row.words)
                with el("span", "bar-track", aria_hidden="true"):
                    el("i", "").style(f"width: {100 * row.share:.1f}%")


def _bars(title: str, rows: Iterable[tuple[str, int]], total: int) -> None:
    listed = list(rows)
    if not listed:
        return
    heading(3, title, "panel-title")
    with el("ul", "bars"):
        for words, count in listed[:MOST_BARS]:
            with el("li", "bar"):
                el("span", "bar-name", words)
                el("span", "bar-count", f"{count:,}")
                with el("span", "bar-track", aria_hidden="true"):
                    el("i", "").style(f"width: {100 * count / max(total, 1):.1f}%")
        if len(listed) > MOST_BARS:
            rest = sum(count for _, count in listed[MOST_BARS:])
            el("li", "quiet", f"and {rest:,} in {len(listed) - MOST_BARS} more")
