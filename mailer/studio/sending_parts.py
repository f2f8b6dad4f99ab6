"""The parts of which the pages of sendings are put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from mailer.studio.kit import arguments, button, chip, el, heading, worded
from mailer.studio.views_account import DoubtRow, ReasonRow, Story, TallyTable
from mailer.studio.views_sendings import MailRow, shares

WORDS_OF = "(e) => emit(document.getElementById('{field}').value)"
"""JavaScript that gives the server what stands in a field beside the button."""


def realm_chip(is_rehearsal: bool) -> None:
    """Whether it counts."""
    chip("rehearsal" if is_rehearsal else "real", "quiet" if is_rehearsal else "real")


def split_bar(counts: tuple[tuple[str, int], ...]) -> None:
    """Counts as a bar, and in words below it."""
    parts = shares(counts)
    with el("span", "split", aria_hidden="true"):
        for _, tone, _, percent in parts:
            el("i", f"fill {tone}").style(f"width: {percent:.2f}%")
    with el("span", "split-words"):
        for words, tone, count, _ in parts:
            with el("span", f"count {tone}"):
                el("b", "", f"{count:,}")
                el("span", "", words)


class Asking:
    """A dialog that asks why before something is done; it stays open where the answer will not do."""

    def __init__(
        self, name: str, *, title: str, words: str, yes: str, do: Callable[[str], Awaitable[str]]
    ) -> None:
        self._do = do
        self.id = f"ask-{name}"
        field = f"{self.id}-why"
        with el("dialog", "dialog ask", id=self.id, aria_labelledby=f"{self.id}-title"):
            with el("div", "dialog-head"):
                heading(2, title).props["id"] = f"{self.id}-title"
                button("ghost icon-only", mark="close", data_close=True, aria_label="Close")
            el("p", "", words)
            with el("label", "ask-field"):
                el("span", "", "Why? It is kept in the send record.")
                el("textarea", "field", id=field, rows="2", maxlength="300", autocomplete="off")
            self._trouble = el("p", "ask-trouble", "", role="alert")
            with el("div", "ask-buttons"):
                button("primary", yes).on("click", self._asked, js_handler=WORDS_OF.format(field=field))
                button("", "Leave it as it is", data_close=True)

    async def _asked(self, event: object) -> None:
        said = await self._do(" ".join(arguments(event).split()))
        self._trouble.text = said  # type: ignore[attr-defined]
        if not said:
            ui.run_javascript(f"document.getElementById('{self.id}').close()")


def show_story(story: Story, dispatch_id: str) -> None:
    """Why not, what is in doubt, and how it went by country, language and domain."""
    if story.doubts:
        with el("section", "part", aria_labelledby="doubts"):
            heading(2, "In doubt").props["id"] = "doubts"
            el(
                "p",
                "lead",
                "The link was lost before the answer came: the mail service may have it. Nothing of this is sent "
                "again by itself. Look for the Message-ID in the mail service's log or Sent Items, then decide.",
            )
            for doubt in story.doubts:
                _doubt(doubt)
            if story.more_doubts:
                _more(story.more_doubts, f"mailer report {dispatch_id}")
    if story.reasons:
        with el("section", "part", aria_labelledby="reasons"):
            heading(2, "Why not").props["id"] = "reasons"
            for reason in story.reasons:
                _reason(reason, dispatch_id)
    if story.tables:
        with el("section", "part", aria_labelledby="shares"):
            heading(2, "To whom").props["id"] = "shares"
            with el("div", "tallies"):
                for table in story.tables:
                    _tally(table, dispatch_id)


def _doubt(doubt: DoubtRow) -> None:
    with el("article", "reason doubt"):
        with el("p", "reason-head"):
            el("b", "", doubt.address)
            el("time", "quiet", f"{doubt.at:%-d %B %Y, %H:%M:%S} UTC", datetime=doubt.at.isoformat())
        if doubt.what:
            el("p", "said", doubt.what)
        el("p", "said", f"Message-ID {doubt.message_id}")
        with el("div", "decide"):
            for words, command in (("It is there:", doubt.accepted), ("It is not there:", doubt.resend)):
                el("span", "quiet", words)
                _command(command)


def _command(command: str) -> None:
    with el("div", "command"):
        el("code", "", command, translate="no")
        button("ghost icon-only", mark="copy", data_copy=command, aria_label=f"Copy: {command}", title="Copy")


def _reason(reason: ReasonRow, dispatch_id: str) -> None:
    with el("article", f"reason {reason.tone}"):
        with el("p", "reason-head"):
            chip(f"{reason.count:,} {reason.title[0].lower()}{reason.title[1:]}", reason.tone)
            el("b", "", reason.words)
        if reason.todo:
            el("p", "", reason.todo)
        with el("details", ""):
            el("summary", "", "Who, and the answer as it came")
            with el("dl", "answers"):
                for address, answer in reason.named:
                    el("dt", "", address)
                    el("dd", "said", answer or "no answer")
        if reason.more:
            _more(reason.more, f"mailer report {dispatch_id} --all")


def _more(count: int, command: str) -> None:
    with el("p", "quiet more"):
        worded("span", "", f"and {count:,} more: `{command}`")


def _tally(table: TallyTable, dispatch_id: str) -> None:
    with el("div", "tally"), el("table", ""):
        el("caption", "", f"By {table.title.lower()}")
        with el("thead", ""), el("tr", ""):
            el("th", "", table.title, scope="col")
            for column in table.columns:
                el("th", "number", column, scope="col")
        with el("tbody", ""):
            for name, _, counts in table.rows:
                with el("tr", ""):
                    el("th", "", name, scope="row")
                    for count in counts:
                        el("td", "number", f"{count:,}" if count else "–")
    if table.more:
        _more(table.more, f"mailer report {dispatch_id} --all")


def show_mails(rows: tuple[MailRow, ...]) -> None:
    """One page of mails, each with the answer as it came."""
    with el("table", "table mails"):
        with el("thead", ""), el("tr", ""):
            for name in ("Reader", "State", "Answer", "Tries", "At"):
                el("th", "", name, scope="col")
        with el("tbody", ""):
            for mail in rows:
                _mail(mail)
    if not rows:
        el("p", "quiet pad", "No mail is in this state.")


def _mail(mail: MailRow) -> None:
    with el("tr", ""):
        with el("td", ""):
            el("span", "strong block", mail.name or mail.address)
            if mail.name:
                el("span", "quiet block", mail.address)
        with el("td", ""):
            chip(mail.state, mail.tone)
        el("td", "answer-cell", mail.answer or "–")
        el("td", "number", str(mail.tries))
        with el("td", ""):
            el(
                "time",
                "quiet",
                f"{mail.at:%H:%M:%S}",
                datetime=mail.at.isoformat(),
                title=f"{mail.at:%d %B %Y} UTC",
            )
