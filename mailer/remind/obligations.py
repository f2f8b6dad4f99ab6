"""Who owes what on a day: the obligations of a deadline, with what has come in by then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mailer.audience import Scene, resolve
from mailer.model.audience import Contact, Recipients
from mailer.model.deadline import Deadline, Obligation, Submission, What
from mailer.remind.owing import owing_countries


def obligations_of(
    deadline: Deadline, submissions: Iterable[Submission], recipients: Recipients, scene: Scene
) -> tuple[Obligation, ...]:
    """The obligations on the scene's day, as `obligations_on` has them, with group and countries looked up.

    A country that comes to owe only after the due date, because it becomes a Party then, owes nothing under it.
    UsageError where the obliged group is not known.
    """
    asked = scene
    if deadline.per == "country" and scene.day > deadline.due:
        asked = replace(scene, day=deadline.due)
    countries = owing_countries(asked.segment(deadline.obliged).rule, asked)
    people = resolve((deadline.obliged,), recipients, asked)
    return obligations_on(deadline, submissions, people, countries, scene.day)


def obligations_on(
    deadline: Deadline,
    submissions: Iterable[Submission],
    people: Iterable[Contact],
    countries: frozenset[str],
    day: date,
) -> tuple[Obligation, ...]:
    """One obligation for each country, or each person, that owes on the day, sorted by `who`.

    `people` are those in the obliged group on the day, `countries` those that the group means whoever holds the
    office (`owing_countries`), so that a country whose office is vacant owes too. Of the submissions those up to
    and including the day count. Per person, `who` is the main address, and lines under another of their addresses
    count as theirs; people who share a main address owe together: nothing tells them apart.
    """
    owing: dict[str, str | None] = {}
    mains: Mapping[str, str] = {}
    if deadline.per == "country":
        owing = {code: code for code in countries}
        owing |= {contact.country: contact.country for contact in people if contact.country}
    else:
        persons = tuple(people)
        for contact in persons:
            owing.setdefault(contact.address, contact.country)
        mains = main_addresses(persons)
    standing = _standing(deadline.due, submissions, day, mains)
    fresh = _Standing(deadline.due)
    return tuple(
        _obligation(deadline, who, owing[who], standing.get(who.casefold(), fresh)) for who in sorted(owing)
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the submissions have come to for one obligation."""

    due: date
    done_on: date | None = None
    held: str = ""
    returned: bool = False

    def after(self, submission: Submission) -> _Standing:
        match submission.what:
            case What.SUBMITTED:
                return replace(self, done_on=submission.on, returned=False)
            case What.WITHDRAWN | What.RETURNED:
                return replace(self, done_on=None, returned=True)
            case What.EXTENDED:
                return replace(self, due=submission.until or self.due)
            case What.HELD:
                return replace(self, held=submission.note or f"on hold since {submission.on}")
            case What.RELEASED:
                return replace(self, held="")


def main_addresses(people: Iterable[Contact]) -> Mapping[str, str]:
    """Each address that means one of these people → their main address; one that could mean two means neither.

    Whoever has it as the main address is meant before those who have it as another.
    """
    meant: dict[str, set[str]] = {}
    for contact in people:
        for address in contact.addresses:
            meant.setdefault(address, set()).add(contact.address)
    return {
        address: address if address in mains else next(iter(mains))
        for address, mains in meant.items()
        if address in mains or len(mains) == 1
    }


def mains_of(obligations: Iterable[Obligation], recipients: Recipients) -> Mapping[str, str]:
    """`main_addresses` of those who owe for themselves; of countries, nothing."""
    owing = {obligation.who for obligation in obligations}
    return main_addresses(contact for contact in recipients.contacts if contact.address in owing)


def _standing(
    due: date, submissions: Iterable[Submission], day: date, mains: Mapping[str, str]
) -> Mapping[str, _Standing]:
    """Where each obligation stands on the day, by `who` in small letters."""
    standing: dict[str, _Standing] = {}
    # A stable sort: of the same day, the order of the file holds.
    for submission in sorted(submissions, key=lambda one: one.on):
        if submission.on <= day:
            who = mains.get(submission.who, submission.who).casefold()
            standing[who] = standing.get(who, _Standing(due)).after(submission)
    return standing


def _obligation(deadline: Deadline, who: str, country: str | None, standing: _Standing) -> Obligation:
    # A due date that was moved past an extension holds for everybody.
    due = max(deadline.due, standing.due)
    return Obligation(
        deadline=deadline.id,
        who=who,
        country=country,
        due=due,
        done_on=standing.done_on,
        held=standing.held,
        extended=due > deadline.due,
        returned=standing.returned,
    )
