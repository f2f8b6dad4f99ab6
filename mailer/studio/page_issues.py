"""The page of all issues: how each stands, and a glance at it."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import run, ui

from mailer.studio.context import Studio
from mailer.studio.desk import Audience, Look
from mailer.studio.frames import preview_address
from mailer.studio.kit import chip, el, empty, heading
from mailer.studio.shell import page_frame
from mailer.studio.views_issue import (
    SEVERITY_WORDS,
    eyebrow,
    finding_rows,
    headline,
    problem_rows,
    severity_counts,
    version_rows,
)
from mailer.studio.views_proofs import (
    ProofRow,
    Standing,
    day_words,
    many,
    proof_rows,
    receipts_of,
    standing_of,
)

KINDS = frozenset({"issues", "templates", "people", "settings", "proofs"})


@dataclass(frozen=True, slots=True)
class IssueCard:
    """One issue as it is listed."""

    look: Look
    standing: Standing
    proofs: tuple[ProofRow, ...]


def issue_card(studio: Studio, slug: str, audience: Audience) -> IssueCard:
    """How an issue stands."""
    desk = studio.desk
    look = desk.look(slug, audience)
    proofs = proof_rows(desk.workspace(), slug, lambda groups: desk.look(slug, groups))
    return IssueCard(look, standing_of(look, proofs, receipts_of(desk.workspace(), slug)), proofs)


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/", response_timeout=120)
    async def issues_page() -> None:
        with page_frame(studio, "issues", "Issues", "narrow"):
            with el("header", "page-head"):
                heading(1, "Issues")
                el("p", "lead", studio.desk.workspace().config.office.name)
            holder = el("div", "cards", data_list=True)

        async def show() -> None:
            cards = await run.io_bound(_cards, studio)
            holder.clear()
            with holder:
                _list(studio, cards or [])

        await show()
        studio.on_change(KINDS, show)


def _cards(studio: Studio) -> list[IssueCard]:
    audience = studio.desk.default_audience()
    return [issue_card(studio, slug, audience) for slug in studio.desk.slugs()]


def _list(studio: Studio, cards: list[IssueCard]) -> None:
    problems = studio.desk.config_problems()
    if problems:
        with el("div", "banner bad", role="alert"):
            el("strong", "", "mailer.toml cannot be used; its last good state holds.")
            for row in problem_rows(problems):
                el("p", "", " ".join(part for part in (row.place, row.message, row.hint) if part))
    if not cards:
        empty(
            "No issues yet",
            "An issue is a folder with an issue.yaml. Make the first one:",
            "mailer new 2027-01-news",
        )
    for card in cards:
        _card(card)


def _card(card: IssueCard) -> None:
    look, composed = card.look, card.look.composed
    issue = composed.issue if composed else None
    with el("article", "card"):
        with el("div", "thumb", aria_hidden="true"):
            if composed and composed.renditions:
                key = version_rows(composed)[0].key
                address = preview_address(
                    look.slug,
                    key,
                    look.audience,
                    reader="",
                    look="light",
                    images=True,
                    revision=look.revision,
                )
                el(
                    "iframe",
                    "",
                    src=address,
                    sandbox="",
                    loading="lazy",
                    tabindex="-1",
                    title="A glance at the issue",
                )
            else:
                el("span", "thumb-none", "No preview")
        with el("div", "card-body"):
            with el("div", "card-top"):
                el("span", "eyebrow", eyebrow(issue))
                chip(card.standing.words, card.standing.tone)
            with heading(2):
                el("a", "cover", headline(issue, look.slug), href=f"/issues/{look.slug}", data_row=True)
            if issue:
                el("p", "subject", issue.subject or "No subject yet")
            else:
                for problem in look.problems[:2]:
                    el("p", "problem", str(problem))
            with el("div", "facts"):
                _facts(card)


def _facts(card: IssueCard) -> None:
    composed = card.look.composed
    if composed:
        el("span", "", day_words(composed.issue.date))
        el("span", "", many(len(composed.renditions), "version"))
        el("span", "", many(len(composed.readers), "reader"))
        standing, _ = finding_rows(composed)
        for severity, count in severity_counts(standing).items():
            if count:
                el("span", f"pip {severity.value}", f"{count} {SEVERITY_WORDS[severity]}")
    if card.standing.detail:
        el("span", "quiet", card.standing.detail)
