"""What is wrong with a deadline's file beyond its form, each problem at its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from mailer.audience.addresses import AddressError, normalise
from mailer.errors import Problem, nearest
from mailer.model.deadline import Deadline, InLanguages, days_of
from mailer.source import (
    Document,
    Loc,
    field_path,
    first_hour_after,
    is_language,
    is_zone,
    nearest_language,
    nearest_zone,
    times_that_clocks_show,
)

RULE = "file.deadline"
ESCALATION = "escalation"

Told = tuple[Loc, str, str]
"""Where, what is wrong, what to do."""


def problems_in(
    deadline: Deadline, document: Document, segments: Collection[str] | None = None
) -> Iterator[Problem]:
    """Every problem of a deadline that has the right form. `segments` None: any group's name will do."""
    for part in (_zone, _ladder, _named_steps, _end, _words, _addresses):
        for loc, message, hint in part(deadline, document.data):
            yield _problem(document, loc, message, hint)
    if segments is not None and deadline.obliged not in segments:
        message = f'"{deadline.obliged}" is not a known group.'
        hint = nearest(deadline.obliged, segments) or "Add it to segments.yaml."
        yield _problem(document, ("obliged",), message, hint)


def _problem(document: Document, loc: Loc, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), RULE)


def _zone(deadline: Deadline, _raw: object) -> Iterator[Told]:
    if not is_zone(deadline.timezone):
        yield ("timezone",), f'"{deadline.timezone}" is not a time zone.', nearest_zone(deadline.timezone)
    elif times_that_clocks_show(deadline.due_at) == 0:
        later = first_hour_after(deadline.due_at)
        message = (
            f"{deadline.time} on {deadline.due} does not exist in {deadline.timezone}: "
            "that night clocks are put forward."
        )
        day = "" if later.date() == deadline.due else f" on {later.date()}"
        yield ("time",), message, f"Write an hour before it, or from {later:%H:%M}{day} on."


def _ladder(deadline: Deadline, _raw: object) -> Iterator[Told]:
    ladder = deadline.ladder
    sorted_ = sorted(dict.fromkeys(ladder), key=days_of)
    right = f"From the earliest to the latest: [{', '.join(sorted_)}]."
    for index, (before, step) in enumerate(pairwise(ladder), start=1):
        if step in ladder[:index]:
            yield ("ladder", index), f"the step {step} is there twice.", "Take one of them out."
        elif days_of(step) < days_of(before):
            yield ("ladder", index), f"{step} stands after {before}, and comes before it.", right


def _named_steps(deadline: Deadline, raw: Mapping[str, object]) -> Iterator[Told]:
    """Steps that are named elsewhere must be on the ladder: what is said of another would never be seen."""
    ladder = ", ".join(deadline.ladder)
    steps = raw.get("steps")
    written = [str(key) for key in steps] if isinstance(steps, Mapping) else []
    seen: set[int] = set()
    for key in written:
        if days_of(key) in seen:
            yield (
                ("steps", key),
                f"says the step {days_of(key):+d}d for the second time.",
                "Keep one of the two.",
            )
        elif f"{days_of(key):+d}d" not in deadline.ladder:
            yield ("steps", key), f"{key} is not on the ladder.", f"On it are: {ladder}."
        seen.add(days_of(key))
    if deadline.alternates_from and deadline.alternates_from not in deadline.ladder:
        message = f"{deadline.alternates_from} is not on the ladder."
        yield ("alternates_from",), message, f"On it are: {ladder}."
    if deadline.escalation:
        yield from _escalation(deadline.escalation.start, deadline.ladder, raw.get(ESCALATION))


def _escalation(start: str, ladder: tuple[str, ...], raw: object) -> Iterator[Told]:
    if isinstance(raw, Mapping) and "from" in raw:
        if start not in ladder:
            yield (ESCALATION, "from"), f"{start} is not on the ladder.", f"On it are: {', '.join(ladder)}."
    elif all(days_of(step) < days_of(start) for step in ladder):
        message = "nobody would be told: the ladder has no step after the due date."
        yield (ESCALATION,), message, "Add a step such as +3d to the ladder, or write `from`."


def _end(deadline: Deadline, _raw: object) -> Iterator[Told]:
    if deadline.end is None:
        return
    last = max(deadline.ladder, key=days_of)
    day = deadline.due + timedelta(days=days_of(last))
    if deadline.end < deadline.due:
        yield ("end",), f"{deadline.end} is before the due date, {deadline.due}.", "Write a later day."
    elif deadline.end < day:
        message = f"{deadline.end} is before the last step: {last} is on {day}."
        yield ("end",), message, f"Write {day} or later, or take the step out."


def _words(deadline: Deadline, _raw: object) -> Iterator[Told]:
    own = deadline.language
    places: list[tuple[Loc, InLanguages, bool]] = [
        (("title",), deadline.title, True),
        (("owed",), deadline.owed, True),
        (("body",), deadline.body, False),
    ]
    for step, words in deadline.steps.items():
        places.append((("steps", step, "subject"), words.subject, True))
        places.append((("steps", step, "body"), words.body, False))
    if not is_language(own):
        yield ("language",), f'"{own}" is not a language.', nearest_language(own)
    for loc, words_by, one_line in places:
        needed = loc in (("title",), ("owed",)) or bool(words_by)
        if needed and own not in words_by:
            message = f'has no words in "{own}", the language of this deadline.'
            yield loc, message, "Add them: other languages fall back on them."
        yield from _each_language(loc, words_by, one_line)
    if "\n" in deadline.reference:
        yield ("reference",), "is on more than one line.", "Write it on one."


def _each_language(loc: Loc, words_by: InLanguages, one_line: bool) -> Iterator[Told]:
    for language, text in words_by.items():
        if not is_language(language):
            yield (*loc, language), f'"{language}" is not a language.', nearest_language(language)
        if not text.strip():
            yield (*loc, language), "is empty.", "Write the words, or take the language out."
        elif one_line and "\n" in text:
            yield (*loc, language), "is on more than one line.", "Write it on one: it is used in a heading."


def _addresses(deadline: Deadline, _raw: object) -> Iterator[Told]:
    if deadline.link and (trouble := _link_trouble(deadline.link)):
        yield ("link",), f'"{deadline.link}" {trouble}.', "Write the whole address: https://…"
    given: list[tuple[Loc, str]] = []
    if deadline.contact:
        given.append((("contact", "email"), deadline.contact.email))
    if deadline.sender:
        given.append((("sender", "email"), deadline.sender.email))
        given.append((("sender", "reply_to"), deadline.sender.reply_to))
    for loc, email in given:
        if not email and loc != ("sender", "email"):
            continue
        try:
            normalise(email)
        except AddressError as error:
            yield loc, f'"{email}" is not an address to write to: {error}.', "Correct it."


def _link_trouble(link: str) -> str:
    """Why nobody can follow the link; "" where they can."""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return "cannot be read as a link"
    if any(sign.isspace() for sign in link):
        return "has a space in it"
    if parts.scheme not in ("http", "https"):
        return "does not begin with https://"
    return "" if "." in host.strip(".") else "names no site"
