"""From what the ledger knows of a mail to the words of its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from mailer.audience.resolve import roles_on
from mailer.dispatch.report import ON_SCREEN
from mailer.evidence.record import TAKEN_OVER, Row, clean, code_of
from mailer.ledger import EventKind, Notice, Stood
from mailer.model.audience import Contact, Role
from mailer.model.deadline import Deadline, Submission, What, days_of, parts_of
from mailer.model.dispatch import Answer, Dispatch, State
from mailer.model.suppression import Because, Suppression

ANSWERS: Mapping[Answer, str] = {
    Answer.HANDED_IN: "says that it is handed in",
    Answer.LATER: "will hand in later",
    Answer.NOT_ME: "no longer holds the office",
    Answer.SEEN: "has seen it",
}
BOUNCES = {Because.BOUNCED: "bounced", Because.COMPLAINED: "complained"}
READER = "the reader"
LAST = "\U0010ffff"
"""Sorts after every name: mails without a country come last."""


@dataclass(frozen=True, slots=True)
class Around:
    """What rows tell that the ledger does not have, as it is when the record is made."""

    countries: Mapping[str, str] = field(default_factory=dict)
    """Code → name."""
    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)
    """Normalised address → those who have it."""
    suppressions: Mapping[str, tuple[Suppression, ...]] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    """By id."""
    submissions: Mapping[str, tuple[Submission, ...]] = field(default_factory=dict)
    """By the deadline's id."""

    def country(self, code: str) -> str:
        """The country's name, else its code."""
        return self.countries.get(code, code)


def rows_of(sendings: Iterable[tuple[Dispatch, Iterable[Notice]]], around: Around) -> list[Row]:
    """A row a mail, numbered, by country and person."""
    made = [_row(notice, dispatch, around) for dispatch, notices in sendings for notice in notices]
    made.sort(key=lambda row: (row.country or LAST, row.person, row.address, row.when, row.message_id))
    return [_numbered(row, number) for number, row in enumerate(made, 1)]


def lasting_cells(notice: Notice | Stood, dispatch: Dispatch) -> tuple[str, ...]:
    """The row's `lasting` cells without the rest of the row, which a large sending need not wait for."""
    first = (notice.message_id, notice.language, moment(notice.at), became(notice, dispatch))
    return (*map(clean, first), code_of(clean(notice.answer)))


def became(notice: Notice | Stood, dispatch: Dispatch) -> str:
    """ "taken over by NAME", "refused" …: never that it was delivered, which nobody here can know."""
    if notice.state is not State.ACCEPTED:
        return ON_SCREEN[notice.state]
    found = "" if notice.answer[:1].isdigit() else ", as a person found"
    return f"{TAKEN_OVER} by {dispatch.relay}{found}"


def later(notice: Notice, dispatch: Dispatch) -> str:
    """What was decided of a doubt after the sending was finished."""
    said = []
    for event in notice.decided:
        by = f" by {event.by}" if event.by else ""
        settled = event.kind is EventKind.SETTLED
        said.append(
            f"{moment(event.at)} " + (f"found{by} to be {TAKEN_OVER}" if settled else f"sent again{by}")
        )
    now = notice.delivery
    if notice.decided and notice.decided[-1].kind is EventKind.RESENT:
        word = f"{TAKEN_OVER} by {dispatch.relay}" if now.state is State.ACCEPTED else ON_SCREEN[now.state]
        said.append(f"{moment(now.updated_at)} {word}: {now.reply or now.detail}".removesuffix(": "))
    return "; ".join(said)


def bounced(address: str, since: datetime, around: Around) -> str:
    """Why and when the address was found not to work, on the day of the mail or later."""
    return "; ".join(
        f"{entry.at:%Y-%m-%d} {BOUNCES[entry.because]}" + (f": {entry.note}" if entry.note else "")
        for entry in around.suppressions.get(address, ())
        if entry.because in BOUNCES and entry.at.date() >= since.date()
    )


def answered(notice: Notice) -> str:
    """What the reader answered, when, and who wrote it down."""
    return "; ".join(
        f"{event.at:%Y-%m-%d} {ANSWERS[event.answer]}"
        + (f": {event.why}" if event.why else "")
        + (f" (recorded by {event.by})" if event.by and event.by != READER else "")
        for event in notice.answers
        if event.answer is not None
    )


def what_of(occasions: Iterable[str], dispatch: Dispatch, around: Around) -> str:
    """The issue; or the deadline, when it was due, which reminder it was, and for whom."""
    told = [parts for one in occasions if (parts := parts_of(one)) is not None]
    if not told:
        _, _, repeat = dispatch.occasion.partition("/")
        return dispatch.slug + (f", sent again as {repeat}" if repeat else "")
    deadline, due, step, _ = told[0]
    file = around.deadlines.get(deadline)
    title = file.title.get("en") or next(iter(file.title.values()), deadline) if file else deadline
    reference = f" ({file.reference})" if file and file.reference else ""
    owed_by = ", ".join(sorted(around.country(who) for _, _, _, who in told))
    return f"{title}{reference}, due {due}, {step_words(step)}: {owed_by}"


def step_words(step: str) -> str:
    """ "30 days before" of `-30d`."""
    days = days_of(step)
    if days == 0:
        return "on the day"
    count = f"{abs(days)} day{'s' if abs(days) != 1 else ''}"
    return f"{count} {'before' if days < 0 else 'after'}"


def handed_in(occasions: Iterable[str], around: Around) -> str:
    """The day on which it came in, for each who owed it; "" where nothing did."""
    told = [parts for one in occasions if (parts := parts_of(one)) is not None]
    days = {who: came_in(around.submissions.get(deadline, ()), who) for deadline, _, _, who in told}
    if len(days) == 1:
        return str(next(iter(days.values())) or "")
    if not any(days.values()):
        return ""
    return "; ".join(f"{around.country(who)} {day or 'not yet'}" for who, day in sorted(days.items()))


def came_in(submissions: Iterable[Submission], who: str) -> date | None:
    """When it came in from them; None where it did not, or went back."""
    day: date | None = None
    for entry in submissions:
        if entry.who.casefold() != who.casefold():
            continue
        if entry.what is What.SUBMITTED:
            day = entry.on
        elif entry.what in (What.WITHDRAWN, What.RETURNED):
            day = None
    return day


def roles_in_words(contact: Contact, day: date) -> str:
    """The roles held on that day, as a sentence has them."""
    return ", ".join(dict.fromkeys(role_words(role) for role in roles_on(contact, day)))


def role_words(role: Role) -> str:
    """ "national focal point (cms), alternate" of a role."""
    subject = f" ({role.subject})" if role.subject else ""
    return role.name.replace("-", " ") + subject + (", alternate" if role.alternate else "")


def moment(at: datetime) -> str:
    """An instant in UTC, to the second."""
    return at.astimezone(UTC).isoformat(" ", "seconds")[:19]


def _row(notice: Notice, dispatch: Dispatch, around: Around) -> Row:
    delivery = notice.delivery
    occasions = delivery.occasions or (dispatch.occasion,)
    cells = {
        "number": "",
        "sending": dispatch.id,
        "country": around.country(delivery.country),
        "role": _role(notice, dispatch, around),
        "person": delivery.name,
        "address": delivery.email,
        "language": delivery.language,
        "what": what_of(occasions, dispatch, around),
        "when": moment(notice.at),
        "became": became(notice, dispatch),
        "answer": notice.answer,
        "later": later(notice, dispatch),
        "bounced": bounced(delivery.address, notice.at, around),
        "answered": answered(notice),
        "handed_in": handed_in(occasions, around),
        "message_id": delivery.message_id,
    }
    return Row(**{name: clean(cell) for name, cell in cells.items()})


def _role(notice: Notice, dispatch: Dispatch, around: Around) -> str:
    """As contacts.csv has it; of those who are no longer there, as the message called it."""
    known = around.contacts.get(notice.delivery.address, ())
    meant = [one for one in known if one.name == notice.delivery.name] or known
    words = (roles_in_words(contact, dispatch.day) for contact in meant)
    return "; ".join(filter(None, words)) or notice.role


def _numbered(row: Row, number: int) -> Row:
    return replace(row, number=str(number))
