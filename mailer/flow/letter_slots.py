"""Everything that is one reader's own in a reminder: days, names, code, addresses to answer with, calendar fields."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from mailer.audience import roles_on, slot_values
from mailer.flow.letter_words import said_in
from mailer.flow.letters import Letters
from mailer.flow.people import People
from mailer.model.deadline import Deadline
from mailer.model.reminder import Reminder, Standing
from mailer.model.rendition import slot_in
from mailer.remind.answers import answer_code, answer_urls
from mailer.remind.invitation import event_fields, event_uid
from mailer.remind.owing import asked_roles
from mailer.remind.words import (
    Phrases,
    addressee_words,
    countries_owing,
    days_left,
    days_until,
    in_utc,
    last_day,
    listed,
    owed_words,
)
from mailer.render.dates import long_date


def variant_of(letters: Letters, reminder: Reminder, language: str, day: date) -> str:
    """The key of the letter that a reminder is, sent on that day."""
    days = days_until(_due(reminder), day)
    moved = reminder.moved_from is not None
    return letters.key(reminder.step, reminder.standing, moved, language, days)


def code_of(reminder: Reminder, secret: bytes) -> str:
    """What the reader of that one message answers with: the same whenever it is made."""
    return answer_code(secret, "\x00".join((*sorted(reminder.occasions), reminder.address)))


def slots_for(
    letters: Letters, reminder: Reminder, *, language: str, day: date, people: People, secret: bytes
) -> dict[str, str]:
    """Slot name → value for one reminder in a language, sent on that day; "" where there is nothing to say.

    Where words of its letter stand in another language, their fields are there in that one too. `secret` signs the
    code and the UID of the calendar entry.
    """
    config = letters.desk.workspace.config
    code = code_of(reminder, secret)
    slots = _words(letters, reminder, language, day, people)
    variant = letters.rendition(variant_of(letters, reminder, language, day)).variant
    for other in letters.desk.languages_in(variant):
        words = _words(letters, reminder, other, day, people) | {"code": code}
        slots |= {slot_in(name, other): value for name, value in words.items()}
    sender = letters.sender
    slots |= answer_urls(
        code,
        sender.reply_to or sender.email,
        letters.desk.phrases(language),
        config.public,
        config.public_url,
    )
    who = [obligation.who for obligation in reminder.obligations]
    uid = event_uid(secret, letters.deadline.id, who, sender.email.rpartition("@")[2])
    moment = _moment(letters.deadline, _due(reminder))
    return slots | event_fields(day) | {"code": code, "event_uid": uid, "due_utc": in_utc(moment)}


def _words(letters: Letters, reminder: Reminder, language: str, day: date, people: People) -> dict[str, str]:
    """What is said of the reader in a language."""
    deadline, registers = letters.deadline, people.registers
    phrases = letters.desk.phrases(language)
    due = _due(reminder)
    last = last_day(_moment(deadline, due), language, phrases)
    owed = said_in(deadline.owed, language) or said_in(deadline.owed, deadline.language)
    own = slot_values(reminder.contact, registers, language, phrases, day)
    # Somebody with several offices is written to for the one that is asked.
    asked = (phrases.get(f"role.{name}", "") for name in _offices(reminder, people, day))
    return own | {
        "role": next(filter(None, asked), own["role"]),
        "date": long_date(day, language),
        "days_left": days_left(days_until(due, day), language, phrases),
        "due": last.whole,
        "due_day": last.day,
        "due_time": last.time,
        "due_before": long_date(reminder.moved_from, language) if reminder.moved_from else "",
        "owed": owed_words(owed, reminder.obligations, registers, language, phrases),
        "addressee": _addressee(reminder, people, language, phrases, day),
        "holders": listed([contact.name or contact.email for contact in reminder.to], language),
    }


def _addressee(reminder: Reminder, people: People, language: str, phrases: Phrases, day: date) -> str:
    """As what the reader is written to: by the office that the deadline asks for, else by name."""
    countries = countries_owing(reminder.obligations)
    if not countries:
        return reminder.contact.name
    offices = _offices(reminder, people, day)
    said = (addressee_words(name, countries, people.registers, language, phrases) for name in offices)
    words = next(filter(None, said), "")
    if not words:
        return reminder.contact.name
    if reminder.standing is Standing.ALTERNATE:
        return phrases["addressee.alternate"].replace("{addressee}", words)
    return words


def _offices(reminder: Reminder, people: People, day: date) -> list[str]:
    """Names of the offices that the reader may be addressed by, the one that it is about first."""
    deadline = reminder.deadline
    if reminder.standing is Standing.ESCALATION and deadline.escalation is not None:
        return [deadline.escalation.role]
    segment = people.recipients.segments.get(deadline.obliged)
    asked = [role.role for role in asked_roles(segment.rule, people.scene(day))] if segment else []
    held = [role.name for role in roles_on(reminder.contact, day)]
    return [*(name for name in asked if name in held), *held]


def _due(reminder: Reminder) -> date:
    """All that a reminder is for is due on one day."""
    return reminder.obligations[0].due


def _moment(deadline: Deadline, due: date) -> datetime:
    """The last moment of that day, in the deadline's own zone."""
    return datetime.combine(due, time.fromisoformat(deadline.time), ZoneInfo(deadline.timezone))
