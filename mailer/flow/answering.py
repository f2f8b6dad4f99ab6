"""Answers to reminders: whom a code asks, what they answered, and what the office does next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.audience import DeadlineFile, read_deadline
from mailer.config import Workspace
from mailer.errors import LedgerError, MailerError, ProblemsError, UsageError
from mailer.flow.homes import is_deadline
from mailer.flow.letter_words import said_in
from mailer.ledger import Ledger
from mailer.model.deadline import parts_of
from mailer.model.dispatch import Acknowledgement, Answer, Delivery, Dispatch
from mailer.remind.answers import read_code
from mailer.render import read_template
from mailer.render.reminder_strings import missing_strings

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked with a code, in words for anybody to see: nothing in it is personal."""

    code: str
    title: str
    """The deadline's title in their language."""
    language: str
    phrases: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on record, and what to do with it."""

    acknowledgement: Acknowledgement
    delivery: Delivery
    slug: str
    """The deadline's; "" where the message was of none."""
    title: str
    next_steps: tuple[str, ...]
    is_rehearsal: bool = False
    """Whether its message only lies in the practice tray: then the answer counts for nothing."""


def record_answer(
    workspace: Workspace, ledger: Ledger, text: str, *, answer: Answer, words: str = "", by: str = ""
) -> Answered:
    """Record an answer that came back by mail, by telephone, or by the button.

    `text` holds the code, as somebody typed or pasted it. UsageError where there is none in it or where it has a
    slip; LedgerError where nobody has it, or where its message was never taken over.
    """
    code = read_code(text)
    acknowledgement = ledger.acknowledge(code, answer, words, by)
    delivery = ledger.delivery_by_code(code)
    if delivery is None:  # between the two calls the person was forgotten
        raise LedgerError("The message of that code is no longer on record.")
    file = _deadline_of(workspace, ledger, delivery)
    title = said_in(file.deadline.title, ENGLISH) if file else ""
    if file and not title:
        title = said_in(file.deadline.title, file.deadline.language)
    slug = file.slug if file else ""
    rehearsal = ledger.find_dispatch(delivery.dispatch_id).is_rehearsal
    steps = _next_steps(slug, delivery, answer, words)
    return Answered(acknowledgement, delivery, slug, title, steps, rehearsal)


def asked_by(workspace: Workspace, ledger: Ledger, code: str) -> Asked | None:
    """What the reader of a code is asked, in their language; None for a code that nobody has."""
    try:
        read = read_code(code)
        delivery = ledger.delivery_by_code(read)
    except (UsageError, LedgerError):
        return None
    file = _deadline_of(workspace, ledger, delivery) if delivery and read == code else None
    if delivery is None or file is None:
        return None
    deadline = file.deadline
    for language in dict.fromkeys((delivery.language, deadline.language, ENGLISH)):
        title = said_in(deadline.title, language) or said_in(deadline.title, deadline.language)
        folder = workspace.templates / deadline.template
        try:
            phrases = read_template(folder, language, workspace.shown(folder)).phrases
        except ProblemsError:
            continue
        if not missing_strings(phrases, language):
            return Asked(code, title, language, phrases)
    return None


def deadline_of(workspace: Workspace, dispatch: Dispatch) -> DeadlineFile | None:
    """The deadline that a sending reminds of; None where it is of none, or its file has gone or cannot be read."""
    if not is_deadline(dispatch.slug):
        return None
    try:
        return read_deadline(workspace.recipients / f"{dispatch.slug}.yaml", workspace.root)
    except MailerError:
        return None


def _deadline_of(workspace: Workspace, ledger: Ledger, delivery: Delivery) -> DeadlineFile | None:
    """The deadline that a message reminds of; None where its file has gone or cannot be read."""
    return deadline_of(workspace, ledger.find_dispatch(delivery.dispatch_id))


def _next_steps(slug: str, delivery: Delivery, answer: Answer, words: str) -> tuple[str, ...]:
    """What is for the office to do: an answer alone changes nothing but who is reminded."""
    owing = [parts[3] for occasion in delivery.occasions if (parts := parts_of(occasion))]
    if not slug or not owing:
        return ()
    whose = " ".join(owing)
    match answer:
        case Answer.HANDED_IN:
            return (f"Once you have it: mailer deadlines submitted {slug} {whose}",)
        case Answer.LATER:
            return tuple(
                f"If you agree: mailer deadlines extend {slug} {who} --until DATE --because …"
                for who in owing
            )
        case Answer.NOT_ME:
            successor = f" Its holder is now: {words}." if words else ""
            return (
                f"End the role of {delivery.email} in contacts.csv (its last day after the two points), and add "
                f"whoever holds it now.{successor}",
            )
        case Answer.SEEN:
            return ()
