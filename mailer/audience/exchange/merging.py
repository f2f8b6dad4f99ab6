"""What becomes of one person: ours, with what the list says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mailer.audience.contact_cells import contact_cells
from mailer.audience.duplicates import person_key
from mailer.audience.exchange.matching import Match
from mailer.audience.exchange.words import ANSWER
from mailer.audience.roles import write_roles
from mailer.audience.subscriptions import write_subscriptions
from mailer.model.audience import Contact, Role, Subscription

Words = tuple[str, bool]
"""Something to tell, and whether it is a guess."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging goes by: the day and name of the import, whether the file is ours, who must not be subscribed."""

    day: date
    source: str
    whole: bool
    never: frozenset[str]
    newsletter: str = ""
    """The list that a yes or a no is about."""


def merged(
    match: Match, person: Contact, given: Mapping[str, str], by: Merge
) -> tuple[dict[str, str], list[Words]]:
    """The cells of the person as they become, and what is to be told of it.

    Fields that the list says nothing of stay. A list that is not ours adds roles and addresses, and takes none away.
    Nobody is subscribed again: see `_subscriptions`.
    """
    told: list[Words] = []
    ours = match.contact
    cells = contact_cells(ours) if ours else {}
    cells.update(
        {name: text for name, text in given.items() if name not in ("roles", "subscriptions", ANSWER)}
    )
    if ours is not None and not by.whole:
        _gently(match, person, cells, told)
    if not cells.get("since"):
        # The day may have been set by an import, after the file was written.
        cells["since"] = contact_cells(ours)["since"] if ours else by.day.isoformat()
    if "roles" in given:
        cells["roles"] = write_roles(_roles(ours, person, by, told))
    if ours is not None or "subscriptions" in given or ANSWER in given:
        cells["subscriptions"] = write_subscriptions(
            _subscriptions(ours, person, given, cells["email"], by=by, told=told)
        )
    return cells, told


def _gently(match: Match, person: Contact, cells: dict[str, str], told: list[Words]) -> None:
    """What a stranger's list may not change by itself."""
    ours = match.contact
    if ours is None:
        return
    old = contact_cells(ours)
    if person_key(person) == person_key(ours):
        # Which part of a name is which was known before, and so were its capitals.
        cells["given_name"], cells["family_name"] = old["given_name"], old["family_name"]
    elif match.other_script:
        cells["given_name"], cells["family_name"] = old["given_name"], old["family_name"]
        told.append((f'"{person.name}" is taken for {ours.name}: our spelling stays.', True))
    for name in ("note", "since", "messages"):
        if (old[name] and cells[name] != old[name]) or name == "messages":
            cells[name] = old[name]
    main = old["email"]
    if person.address in ours.addresses:
        cells["email"] = main
    elif match.guess.startswith("the same name"):
        told.append(
            (
                f"{person.email} is taken for the new address of {ours.name}; {main} is kept as a further one.",
                True,
            )
        )
        main = person.email
    else:
        told.append((f"{person.email} belongs to {ours.name} too: kept as a further address.", True))
        cells["email"] = main
    further = dict.fromkeys((*ours.addresses, person.address, *person.other_emails))
    chosen = person.address if main == person.email else ours.address
    cells["other_emails"] = "; ".join(address for address in further if address != chosen)


def _roles(ours: Contact | None, person: Contact, by: Merge, told: list[Words]) -> Sequence[Role]:
    if ours is None:
        return person.roles
    if by.whole:
        for role in ours.roles:
            if not any(
                (role.name, role.subject, role.start) == (r.name, r.subject, r.start) for r in person.roles
            ):
                words = f"{role.name}{':' + role.subject if role.subject else ''}"
                told.append(
                    (
                        f"{words} is no longer among the roles. If it ended, write the day it ended instead.",
                        True,
                    )
                )
        return person.roles
    held = list(ours.roles)
    for role in person.roles:
        if not any(_same_office(role, known, by.day) for known in held):
            held.append(role)
    return held


def _same_office(new: Role, known: Role, day: date) -> bool:
    """A list that gives no days says only that they hold the office now."""
    same = (new.name, new.subject) == (known.name, known.subject)
    return same and (new == known or (not (new.start or new.end) and (known.end is None or known.end >= day)))


def _subscriptions(
    ours: Contact | None,
    person: Contact,
    given: Mapping[str, str],
    email: str,
    *,
    by: Merge,
    told: list[Words],
) -> Sequence[Subscription]:
    """Lists that the person never had are added; what ended stays ended; who is on the do-not-mail list gets none.

    A day on which a subscription ends is taken; its start and source are filled in where they are not known. Yes to
    the newsletter counts as its name does; by no it ends.
    """
    old = ours.subscriptions if ours else ()
    new = _listed(person, given, by.newsletter)
    addresses = {*person.addresses, *(ours.addresses if ours else ())}
    barred = bool(addresses & by.never)
    named = {entry.list for entry in (old if "subscriptions" in given else new)}
    kept = [_kept(entry, new, told, by) if entry.list in named else entry for entry in old]
    if given.get(ANSWER) == "no":
        kept = [_ended(entry, by.day) if entry.list == by.newsletter else entry for entry in kept]
        if tuple(kept) != old:
            told.append((f"newsletter ends: the list says no to {by.newsletter}.", False))
    if ours is not None and barred and email != ours.email:
        kept = [_ended(entry, by.day) for entry in kept]
        told.append(
            (
                f"{ours.email} is on the do-not-mail list: no newsletter goes to {email} either.",
                False,
            )
        )
    for name in dict.fromkeys(entry.list for entry in new):
        entries = [entry for entry in new if entry.list == name]
        had = sum(1 for entry in old if entry.list == name)
        if had:
            if len(entries) > had:
                told.append((f"they have had {name} already: nobody is subscribed again by a file.", False))
        elif barred and any(entry.end is None or entry.end >= by.day for entry in entries):
            told.append((f"{person.email} is on the do-not-mail list: not subscribed to {name}.", False))
        else:
            kept += [_sourced(entry, by) for entry in entries]
    return kept


def _listed(person: Contact, given: Mapping[str, str], newsletter: str) -> tuple[Subscription, ...]:
    """What the list says that the person gets; where one row says no to the newsletter, no other gives it them."""
    listed = person.subscriptions if "subscriptions" in given else ()
    own = [entry for entry in listed if entry.list == newsletter]
    match given.get(ANSWER):
        case "yes" if not own:
            return (*listed, Subscription(list=newsletter))
        case "no":
            return tuple(entry for entry in listed if entry not in own)
        case _:
            return listed


def _sourced(entry: Subscription, by: Merge) -> Subscription:
    start = entry.start or (None if entry.end else by.day)
    return _written(entry, start, entry.end, entry.source or _plain(f"{by.source}, {by.day}"))


def _kept(entry: Subscription, new: Sequence[Subscription], told: list[Words], by: Merge) -> Subscription:
    listed = [other for other in new if other.list == entry.list]
    if entry in listed:
        return entry
    same_start = (other for other in listed if other.start == entry.start)
    other = next(same_start, listed[0] if len(listed) == 1 else None)
    if other is None:
        if by.whole:
            told.append((f"the subscription to {entry.list} is not in the file: it stays as it is.", False))
        return entry
    end = entry.end
    if other.end and (end is None or other.end < end):
        end = other.end
    elif other.end != end:
        told.append(
            (f"the subscription to {entry.list} ended on {end}: nobody is subscribed again by a file.", False)
        )
    start = entry.start or other.start
    if start and end and end < start:
        start, end = entry.start, entry.end
        told.append(
            (f"the subscription to {entry.list} cannot end before it starts: it stays as it is.", False)
        )
    if (other.start and other.start != start) or (other.source and entry.source not in ("", other.source)):
        told.append(
            (f"since when, and by what, they get {entry.list} is on record: it stays as it is.", False)
        )
    return _written(entry, start, end, entry.source or other.source)


def _ended(entry: Subscription, day: date) -> Subscription:
    last = max(day - timedelta(days=1), entry.start or date.min)
    return entry if entry.end and entry.end <= last else _written(entry, entry.start, last, entry.source)


def _written(entry: Subscription, start: date | None, end: date | None, source: str) -> Subscription:
    return Subscription(list=entry.list, start=start, end=end, source=source)


def _plain(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")
