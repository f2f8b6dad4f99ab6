"""Who has not answered to a sending, and a draft of what to write to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.flow.answering import deadline_of
from mailer.flow.letter_words import said_in
from mailer.ledger import Ledger
from mailer.model.dispatch import Delivery, Dispatch, State
from mailer.render import read_template
from mailer.render.dates import long_date


@dataclass(frozen=True, slots=True)
class Draft:
    """What to write, in a language; a person looks at it, changes it and sends it."""

    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Of all who were asked for an answer, those who gave none."""

    dispatch: Dispatch
    asked: int
    """Mails that were taken over, or may have been, with a code to answer with."""
    silent: tuple[Delivery, ...]
    """By country and address."""
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    """Language of somebody silent → the draft, where the template has words for it."""


def silent(workspace: Workspace, ledger: Ledger, dispatch_id: str) -> Silence:
    """Who has not answered to a sending. Whether somebody opened a mail is not asked: programs do that too.

    LedgerError where there is no such sending.
    """
    dispatch = ledger.find_dispatch(dispatch_id)
    answered = {each.delivery_id for each in ledger.acknowledgements(dispatch.id)}
    asked = [
        delivery
        for delivery in ledger.deliveries(dispatch.id)
        if delivery.code and delivery.state in (State.ACCEPTED, State.UNKNOWN)
    ]
    found = sorted(
        (delivery for delivery in asked if delivery.id not in answered),
        key=lambda delivery: (delivery.country, delivery.address),
    )
    drafts = {tag: _draft(workspace, dispatch, tag) for tag in sorted({each.language for each in found})}
    kept = {tag: draft for tag, draft in drafts.items() if draft is not None}
    return Silence(dispatch, len(asked), tuple(found), kept)


def _draft(workspace: Workspace, dispatch: Dispatch, language: str) -> Draft | None:
    file = deadline_of(workspace, dispatch)
    if file is None:
        return None
    deadline = file.deadline
    try:
        folder = workspace.templates / deadline.template
        phrases = read_template(folder, language, workspace.shown(folder)).phrases
    except MailerError:
        return None
    if "follow.words" not in phrases or "follow.subject" not in phrases:
        return None
    title = said_in(deadline.title, language) or said_in(deadline.title, deadline.language)
    day = long_date(dispatch.day, language)
    subject = phrases["follow.subject"].replace("{title}", title)
    return Draft(subject, phrases["follow.words"].replace("{day}", day).replace("{title}", title))
