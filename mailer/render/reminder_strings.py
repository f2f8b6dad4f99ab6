"""The fixed strings that only reminders need, and which of them a language still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailer.render.dates import locale_for

TONES = ("early", "near", "last", "overdue", "escalation")
"""How a reminder sounds: weeks before, within fourteen days, at the end, afterwards; and to those above."""
COUNTED = ("days_left", "overdue")
"""Strings with a form for each plural category: `days_left.one`, `days_left.few`, …"""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""Plural categories of the Unicode CLDR."""
MOST_DAYS = 1000
"""Days that a form is needed for: a ladder's steps have three digits."""

_NONE: frozenset[str] = frozenset()
_TITLE = frozenset({"title"})
_SAID: Mapping[str, frozenset[str]] = {
    "reminder.series": _NONE,
    "days_left.today": _NONE,
    "days_left.tomorrow": _NONE,
    "owed.of": frozenset({"owed", "countries"}),
    "owed.named": frozenset({"owed", "countries"}),
    "addressee.of": frozenset({"office", "countries"}),
    "addressee.named": frozenset({"office", "countries"}),
    "addressee.alternate": frozenset({"addressee"}),
    **{f"letter.{tone}": _NONE for tone in TONES},
    **{f"letter.{tone}.words": _NONE for tone in TONES},
    **{f"letter.{tone}.subject": _TITLE for tone in TONES},
    "letter.alternate": _NONE,
    "letter.moved": _NONE,
    "letter.preheader": _NONE,
    "task.title": _NONE,
    "task.link": _NONE,
    "helper.title": _NONE,
    "answer.title": _NONE,
    "answer.mail": _NONE,
    "answer.web": _NONE,
    **{f"answer.{what}": _NONE for what in ("done", "later", "not_me")},
    **{f"answer.{what}.subject": _NONE for what in ("done", "later", "not_me")},
    **{f"answer.{what}.words": _NONE for what in ("done", "later", "not_me")},
    "follow.subject": _TITLE,
    "follow.words": frozenset({"title", "day"}),
    "calendar.summary": _TITLE,
    "calendar.words": _NONE,
    **{
        f"default.{name}": _NONE for name in ("date", "days_left", "due", "due_day", "due_time", "due_before")
    },
    **{f"default.{name}": _NONE for name in ("owed", "addressee", "holders", "code")},
}
_PAGE = ("about", "done", "later", "not_me", "later.label", "not_me.label", "send", "thanks", "thanks.words")
REMINDER: Mapping[str, frozenset[str]] = {
    **_SAID,
    **{f"{name}.{category}": frozenset({"days"}) for name in COUNTED for category in CATEGORIES},
    **{f"page.{name}": _TITLE if name == "about" else _NONE for name in _PAGE},
}
"""String → what it may carry in single braces; personal fields stand in double ones."""


def categories_of(language: str) -> tuple[str, ...]:
    """The plural categories that whole days take in a language: one, few and many in Russian."""
    form = locale_for(language).plural_form
    used = {form(days) for days in range(MOST_DAYS)}
    return tuple(category for category in CATEGORIES if category in used)


def missing_strings(phrases: Mapping[str, str], language: str) -> tuple[str, ...]:
    """What reminders in that language need and the strings do not have, in the order of their list."""
    return tuple(name for name in _needed(language) if name not in phrases)


def _needed(language: str) -> Iterator[str]:
    used = categories_of(language)
    counted = {f"{name}.{category}" for name in COUNTED for category in CATEGORIES if category not in used}
    return (name for name in REMINDER if name not in counted)
