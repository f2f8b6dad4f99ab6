"""Recording under a deadline: what came in, went back, was put off; by countries and people as they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mailer.audience import AddressError, DeadlineFile, normalise
from mailer.audience.submission_log import append_submissions
from mailer.audience.submissions import country_named, names_of
from mailer.config import Workspace
from mailer.errors import UsageError, nearest
from mailer.flow.deadlines import obligations, planned, today
from mailer.flow.people import People
from mailer.model.audience import Contact
from mailer.model.deadline import Obligation, Submission, What
from mailer.remind.obligations import mains_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written, and how things stand since."""

    file: DeadlineFile
    """With the new lines."""
    new: tuple[Submission, ...]
    obligations: tuple[Obligation, ...]
    """Everybody's, on the day of the new lines."""
    names: Mapping[str, str]
    """Who → what people call them."""


def record_submissions(
    workspace: Workspace,
    people: People,
    file: DeadlineFile,
    what: What,
    whom: Iterable[str],
    *,
    on: date | None = None,
    until: date | None = None,
    by: str = "",
    note: str = "",
) -> Recorded:
    """Write one line for each of `whom` into the deadline's log: all of them, or none.

    `whom` are codes, countries' names or addresses; `on` is today where left out. UsageError for names that mean
    nobody, those who owe nothing, and days that cannot be; MailerError for what contradicts the log.
    """
    day = on or today(file.deadline)
    _possible(file, what, day, until)
    owed = obligations(file, people, day)
    owing = {one.who for one in owed}
    mains = mains_of(owed, people.recipients) if file.deadline.per == "person" else {}
    # The log goes on under the address that it has, so that it tells one story.
    logged = {mains[line.who]: line.who for line in file.submissions if line.who in mains}
    found = dict.fromkeys(who_is_meant(text, file, people) for text in whom)
    names = _names(found, file, people)
    strangers = [names[who] for who in found if who not in owing]
    if strangers:
        owes = "owes" if len(strangers) == 1 else "owe"
        message = f"{', '.join(strangers)} {owes} nothing under {file.slug} on {day}."
        raise UsageError(message, _who_owes(owing, file))
    names |= {logged[who]: name for who, name in names.items() if who in logged}
    new = [
        Submission(who=logged.get(who, who), what=what, on=day, until=until, by=by, note=note)
        for who in found
    ]
    log = append_submissions(
        file.log,
        workspace.root,
        file.deadline,
        new,
        countries=people.registers.countries,
        names=names,
    )
    now = replace(file, submissions=log)
    stands = tuple(replace(one, who=logged.get(one.who, one.who)) for one in obligations(now, people, day))
    return Recorded(now, log[-len(new) :] if new else (), stands, names)


def who_is_meant(text: str, file: DeadlineFile, people: People) -> str:
    """The country's code, or the person's normalised address, that somebody means.

    A code, a country's name in any language, an address of one of its contacts, or a person's name where there is
    one of that name. UsageError with the nearest otherwise.
    """
    given = text.strip()
    if file.deadline.per == "person":
        return _person(given, people).address
    if "@" in given:
        contact = _person(given, people)
        if contact.country is None:
            raise UsageError(f"{given} stands for no country.", "Name the country itself.")
        return contact.country
    code, sure = country_named(given, people.registers.countries)
    if not sure:
        near = (
            f'Did you mean "{people.registers.countries[code].name("en") or code}" ({code})?' if code else ""
        )
        raise UsageError(
            f'"{given}" is not a country in the register.', near or "Write its code, such as KZ."
        )
    return code


def _person(given: str, people: People) -> Contact:
    contacts = people.recipients.contacts
    if "@" in given:
        try:
            address = normalise(given)
        except AddressError as error:
            raise UsageError(f'"{given}" is not an address: {error}.') from error
        found = [contact for contact in contacts if address in contact.addresses]
    else:
        found = [contact for contact in contacts if contact.name.casefold() == given.casefold()]
    if len({contact.address for contact in found}) == 1:
        return found[0]
    if found:
        addresses = ", ".join(contact.address for contact in found)
        raise UsageError(
            f'There are {len(found)} people called "{given}".', f"Write the address: {addresses}."
        )
    known = [contact.address if "@" in given else contact.name for contact in contacts]
    close = nearest(given, known)
    hint = close if close.startswith("Did") else "Write an address that is in contacts.csv."
    raise UsageError(f"{given} is not among the contacts.", hint)


def _names(found: Iterable[str], file: DeadlineFile, people: People) -> dict[str, str]:
    if file.deadline.per == "country":
        return names_of(people.registers.countries)
    wanted = set(found)
    return {c.address: c.name or c.address for c in people.recipients.contacts if c.address in wanted}


def _who_owes(owing: Iterable[str], file: DeadlineFile) -> str:
    listed = sorted(owing)
    if not listed:
        return f"Nobody does: see `mailer audience {file.deadline.obliged}`."
    if file.deadline.per == "country":
        return f"These do: {', '.join(listed)}."
    return f"It is owed by the group {file.deadline.obliged}."


def _possible(file: DeadlineFile, what: What, day: date, until: date | None) -> None:
    """UsageError for a day that has not come or is none to plan for, and for an extension that is none."""
    now = today(file.deadline)
    for given in (day, until):
        if given:
            planned(given)
    if day > now:
        raise UsageError(f"{day} has not come yet.", f"Today is {now}.")
    if what is What.EXTENDED and until is not None and until <= file.deadline.due:
        message = f"{until} is not later than the due date, {file.deadline.due}."
        raise UsageError(message, "Write a later day with --until.")
