"""What is odd about a deadline and no error: a person decides, and the date that is written stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from mailer.audience.announced import day_by_rule, in_words, long, next_working_day, other_rule
from mailer.audience.deadlines import DeadlineFile
from mailer.config.settings import Office
from mailer.errors import nearest
from mailer.model.deadline import Deadline, Submission
from mailer.model.finding import Finding, Severity, worst_first
from mailer.source import Loc, field_path, times_that_clocks_show

STARTER_WORDS: Mapping[str, str] = {
    "title": "What is due, as a heading",
    "owed": "what is due, within a sentence",
    "body": "Say in two or three sentences what to do, and where.",
}
"""What a new deadline says where its own words belong: nobody may ever get them."""

_NAMED = 5

Noted = tuple[str, Severity, Loc, str, str]
"""Rule, severity, where, what, what to do."""


def check_deadline(
    file: DeadlineFile,
    office: Office,
    *,
    not_owed: Iterable[Submission] = (),
    not_known: Iterable[Submission] = (),
    readers: int | None = None,
    countryless: Sequence[str] = (),
    roles: Collection[str] | None = None,
    day: date | None = None,
) -> tuple[Finding, ...]:
    """What somebody should look at, worst first. The due date is never changed by it.

    `not_owed` are lines of the log about somebody who owes nothing, `not_known` those about an address that nobody
    has; `readers` is how many people are in the obliged group on the `day`, the due date where it is None, and
    `countryless` names those of them without a country where countries owe; `roles` are those that anybody holds
    or held. Nothing is said of what is None.
    """
    found = [
        Finding(
            rule=rule,
            severity=severity,
            message=message,
            hint=hint,
            item=file.slug,
            field=field_path(loc) or None,
            file=file.document.file,
            line=file.document.line(loc),
        )
        for part in (_placeholders, _announced, _day_off, _hour, _reference, _link, _help, _languages)
        for rule, severity, loc, message, hint in part(file.deadline, office)
    ]
    if readers == 0:
        found.append(_nobody(file, day or file.deadline.due))
    if countryless:
        found.append(_no_country(file, countryless))
    if roles is not None:
        found += _no_such_role(file, roles)
    found += [_no_extension(entry, file) for entry in file.submissions if _changes_nothing(entry, file)]
    found += [_not_owed(entry, file) for entry in not_owed]
    found += [_not_known(entry, file) for entry in not_known]
    return tuple(worst_first(found))


def _placeholders(deadline: Deadline, _office: Office) -> Iterator[Noted]:
    """Words that a new file has where its own belong."""
    for name, words in (("title", deadline.title), ("owed", deadline.owed), ("body", deadline.body)):
        for language, text in words.items():
            if " ".join(text.split()) == STARTER_WORDS[name]:
                message = f'"{STARTER_WORDS[name]}" only holds the place of your words.'
                hint = "Write your own, or readers would get these."
                yield "deadline.placeholder", Severity.STOP, (name, language), message, hint


def _announced(deadline: Deadline, office: Office) -> Iterator[Noted]:
    rule = deadline.announced
    if rule is None:
        return
    if rule.before <= deadline.due:
        message = f"{rule.event} begins on {long(rule.before)}, not after the due date, {long(deadline.due)}."
        yield "deadline.after-event", Severity.WARN, ("announced", "before"), message, "Look which is right."
        return
    day = day_by_rule(rule)
    if deadline.due in (day, next_working_day(day, office)):
        return
    sum_ = (
        f"{in_words(rule).capitalize()} before {long(rule.before)} is {long(day)}; the due date, "
        f"{long(deadline.due)}, is {(rule.before - deadline.due).days} days before. "
        f"{other_rule(deadline.due, rule.before, office)}"
    )
    hint = "Ask which holds. The date that is written stands, and reminders go by it."
    yield "deadline.sum", Severity.WARN, ("announced",), sum_.strip(), hint


def _day_off(deadline: Deadline, office: Office) -> Iterator[Noted]:
    if not office.is_working_day(deadline.due):
        message = f"{long(deadline.due)} is a day on which the office does not work."
        hint = "Nobody helps on the last day. If that is meant, leave it."
        yield "deadline.day-off", Severity.NOTE, ("due",), message, hint


def _hour(deadline: Deadline, _office: Office) -> Iterator[Noted]:
    if times_that_clocks_show(deadline.due_at) > 1:
        when = f"{deadline.time} comes twice on {deadline.due} in {deadline.timezone}"
        message = f"{when}: that night clocks are put back."
        yield (
            "deadline.hour-twice",
            Severity.NOTE,
            ("time",),
            message,
            "The first is meant, unless you say another.",
        )


def _reference(deadline: Deadline, _office: Office) -> Iterator[Noted]:
    if deadline.per == "country" and not deadline.reference.strip():
        hint = "Give the number of the notification, such as reference: 2016/035."
        message = "No reference: nobody can look up what announced it."
        yield "deadline.reference", Severity.NOTE, (), message, hint


def _link(deadline: Deadline, _office: Office) -> Iterator[Noted]:
    if deadline.link.startswith("http:"):
        hint = "Write https:// if the site answers to it."
        yield "deadline.http", Severity.WARN, ("link",), "The link is not encrypted (http).", hint


def _help(deadline: Deadline, _office: Office) -> Iterator[Noted]:
    if not deadline.link and not deadline.body:
        message = "Neither a link nor a text says how to hand it in."
        yield "deadline.how", Severity.WARN, (), message, "Add `link`, or say it in `body`."


def _languages(deadline: Deadline, _office: Office) -> Iterator[Noted]:
    """A language that only part of the words have: its readers would get two languages in one mail."""
    parts = {"title": deadline.title, "owed": deadline.owed, "body": deadline.body}
    parts |= {f"steps.{step}.subject": words.subject for step, words in deadline.steps.items()}
    parts |= {f"steps.{step}.body": words.body for step, words in deadline.steps.items()}
    written = {name: words for name, words in parts.items() if words}
    every = dict.fromkeys(language for words in written.values() for language in words)
    for name, words in written.items():
        lacks = [language for language in every if language not in words]
        if lacks:
            message = f"has no words in {', '.join(lacks)}, and other texts of this deadline do."
            hint = f"Add them, or readers get these words in {deadline.language}."
            yield "deadline.languages", Severity.WARN, tuple(name.split(".")), message, hint


def _nobody(file: DeadlineFile, day: date) -> Finding:
    loc: Loc = ("obliged",)
    return Finding(
        rule="deadline.nobody",
        severity=Severity.WARN,
        message=f'Nobody is in the group "{file.deadline.obliged}" on {long(day)}.',
        hint="Look at it with `mailer audience`.",
        item=file.slug,
        field="obliged",
        file=file.document.file,
        line=file.document.line(loc),
    )


def _no_country(file: DeadlineFile, people: Sequence[str]) -> Finding:
    """A country owes here: whoever stands for none is reminded of nothing."""
    named, more = people[:_NAMED], len(people) - _NAMED
    listed = [*named, f"{more} other{'s' if more > 1 else ''}"] if more > 0 else named
    names = " and ".join(part for part in (", ".join(listed[:-1]), listed[-1]) if part)
    one = len(people) == 1
    message = (
        f"{names} {'has' if one else 'have'} no country, and {'is' if one else 'are'} in the group "
        f'"{file.deadline.obliged}": nobody reminds them, for countries owe here.'
    )
    return Finding(
        rule="deadline.no-country",
        severity=Severity.WARN,
        message=message,
        hint="Write the country in contacts.csv; or, where people owe for themselves, per: person.",
        item=file.slug,
        field="obliged",
        file=file.document.file,
        line=file.document.line(("obliged",)),
    )


def _no_such_role(file: DeadlineFile, roles: Collection[str]) -> Iterator[Finding]:
    escalation = file.deadline.escalation
    if escalation and escalation.role not in roles:
        yield Finding(
            rule="deadline.escalation",
            severity=Severity.WARN,
            message=f'Nobody has, or had, the role "{escalation.role}": nobody is told when it is overdue.',
            hint=nearest(escalation.role, roles),
            item=file.slug,
            field="escalation.role",
            file=file.document.file,
            line=file.document.line(("escalation", "role")),
        )


def _changes_nothing(entry: Submission, file: DeadlineFile) -> bool:
    return not entry.is_of_nobody and entry.until is not None and entry.until <= file.deadline.due


def _no_extension(entry: Submission, file: DeadlineFile) -> Finding:
    return Finding(
        rule="deadline.extension",
        severity=Severity.WARN,
        message=f"The extension of {entry.who} to {entry.until} is not later than the due date, "
        f"{file.deadline.due}: it changes nothing.",
        hint="Correct the day; or leave it, where the due date itself was moved.",
        item=file.slug,
        field="until",
        file=_log_shown(file),
        line=entry.row,
        words=entry.who,
    )


def _not_owed(entry: Submission, file: DeadlineFile) -> Finding:
    return Finding(
        rule="deadline.not-owed",
        severity=Severity.STOP,
        message=f"{entry.who} owes nothing under this deadline.",
        hint="Correct who it is about, or take the line out.",
        item=file.slug,
        field="who",
        file=_log_shown(file),
        line=entry.row,
        words=entry.who,
    )


def _not_known(entry: Submission, file: DeadlineFile) -> Finding:
    """Nobody is reminded in spite of it, so it stops nothing."""
    return Finding(
        rule="deadline.not-known",
        severity=Severity.NOTE,
        message=f"{entry.who} is nobody's address in contacts.csv.",
        hint="Leave it where they have left; where it is a slip, correct it, or the one meant is still reminded.",
        item=file.slug,
        field="who",
        file=_log_shown(file),
        line=entry.row,
        words=entry.who,
    )


def _log_shown(file: DeadlineFile) -> str:
    return file.document.file.removesuffix(file.path.name) + file.log.name
