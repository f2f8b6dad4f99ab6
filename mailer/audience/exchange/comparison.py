"""A list beside the standing file: who is new, what changed, who is gone, what cannot be taken. It writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.contact_rows import ContactRows
from mailer.audience.duplicates import duplicates
from mailer.audience.exchange.differences import Added, Changed, Comparison, Gone, changes
from mailer.audience.exchange.found import Incoming, People, Refused
from mailer.audience.exchange.grid import Told
from mailer.audience.exchange.matching import Match, Standing
from mailer.audience.exchange.merging import Merge, merged
from mailer.audience.table import CONTROL, TURNING, Row
from mailer.model.audience import Contact
from mailer.model.register import Registers


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison goes by."""

    registers: Registers
    day: date
    """The day of the import."""
    source: str
    """The file's name: where new subscriptions are known from."""
    whole: bool = False
    """The file is ours: an empty cell says that there is nothing."""
    never: frozenset[str] = frozenset()
    """Addresses on the do-not-mail list: nobody is subscribed again under one."""
    newsletter: str = ""
    """The workspace's own list: what a yes or a no is about."""
    within: Collection[str] | None = None
    """Addresses of the group of which the list is meant to hold everybody; None for all contacts."""
    forgotten: Mapping[str, date] = field(default_factory=dict)
    """Addresses of people who were forgotten → the day. No list brings them back."""


def compare(standing: Sequence[Contact], people: People, terms: Terms) -> Comparison:
    """The list's people beside ours, each matched by address, else by another address, else by name and country."""
    work = _Work(standing, people, terms)
    for person in people.found:
        work.take(person)
    work.settle()
    order = sorted(work.told, key=lambda told: (told.sheet, told.row or 0))
    return Comparison(
        tuple(work.added),
        tuple(work.changed),
        tuple(contact for contact in standing if id(contact) in work.same),
        tuple(work.gone()),
        tuple(sorted(work.refused, key=lambda refused: (refused.sheet, refused.rows))),
        tuple(order),
        tuple(people.remarks),
        tuple(people.left),
        tuple(standing),
    )


class _Work:
    def __init__(self, standing: Sequence[Contact], people: People, terms: Terms) -> None:
        self.standing, self.people, self.terms = standing, people, terms
        self.index = Standing(standing)
        self.added: list[Added] = []
        self.changed: list[Changed] = []
        self.same: set[int] = set()
        self.met: dict[int, Incoming] = {}
        self.refused = list(people.refused)
        self.told = list(people.told)
        self.reading = ContactRows("", terms.registers)

    def take(self, person: Incoming) -> None:
        """Match one person, and put them where they belong."""
        alone = self.contact(person, person.cells)
        if alone is None:
            return
        match = self.index.match(alone, whole=self.terms.whole)
        if match.refuse:
            self.refuse(person, "email", match.refuse, match.hint)
            return
        if match.contact is not None:
            other = self.met.setdefault(id(match.contact), person)
            if other is not person:
                rows = (*other.rows, *person.rows)
                name = match.contact.name or match.contact.email
                reason = f"both rows are taken for {name} (row {match.contact.row} of our file)"
                self.refused.append(Refused(rows, "email", reason, "Keep one.", email=match.contact.address))
                self.forget(match.contact)
                return
        self.merge(person, alone, match)

    def merge(self, person: Incoming, alone: Contact, match: Match) -> None:
        """What the person becomes."""
        merge = Merge(
            self.terms.day, self.terms.source, self.terms.whole, self.terms.never, self.terms.newsletter
        )
        cells, told = merged(match, alone, person.cells, merge)
        self.told += [Told(text, person.rows[0], guess) for text, guess in told]
        new = self.contact(person, cells)
        if new is None:
            return
        old = match.contact
        gained = [address for address in new.addresses if old is None or address not in old.addresses]
        if back := next((address for address in gained if address in self.terms.forgotten), ""):
            reason = f"{back} was forgotten on {self.terms.forgotten[back]}"
            self.refuse(person, "email", reason, "Ask them first, then add them to contacts.csv by hand.")
            return
        if old is None:
            self.added.append(Added(person.rows, replace(new, row=None)))
            return
        new = replace(new, row=old.row)
        if new == old:
            self.same.add(id(old))
        else:
            self.changed.append(Changed(person.rows, old, new, tuple(changes(old, new)), match.guess))

    def contact(self, person: Incoming, cells: Mapping[str, str]) -> Contact | None:
        """The cells as a contact, by the tests of a contacts file; None where they are refused."""
        for name, text in cells.items():
            if CONTROL.search(text):
                what = "a control sign or a line break"
                if TURNING.search(text):
                    what = "an unseen sign that turns the direction of the text"
                self.refuse(person, name, f"holds {what}", "Type the cell anew.")
                return None
        before = len(self.reading.problems)
        found = next(iter(self.reading.contacts([Row(person.rows[0], dict(cells))])), None)
        for problem in self.reading.problems[before:]:
            self.refuse(person, problem.field, problem.message.rstrip("."), problem.hint)
        return found

    def refuse(self, person: Incoming, name: str, reason: str, hint: str) -> None:
        """Refuse the person's rows."""
        self.refused.append(Refused(person.rows, name, reason, hint, email=person.cells["email"]))

    def forget(self, contact: Contact) -> None:
        """Take back what was made of somebody: another row speaks of them too."""
        self.changed = [entry for entry in self.changed if entry.old is not contact]
        self.same.discard(id(contact))

    def settle(self) -> None:
        """Refuse whoever would stand beside somebody else's address."""
        while faults := list(duplicates(self.result())):
            touched: dict[int, Added | Changed] = {id(entry.new): entry for entry in self.changed}
            touched |= {id(entry.contact): entry for entry in self.added}
            culprits: set[int] = set()
            for contact, name, _, hint in faults:
                addresses = set(contact.addresses)
                near = [
                    contact,
                    *(c for c in self.result() if c is not contact and addresses & set(c.addresses)),
                ]
                culprit = next((c for c in near if id(c) in touched), None)
                if culprit is None or id(culprit) in culprits:
                    continue
                culprits.add(id(culprit))
                other = next((c.name for c in near if c is not culprit), "") or "somebody without a name"
                reason = f"has an address that is {other}'s too"
                self.refused.append(
                    Refused(touched[id(culprit)].rows, name, reason, hint, email=culprit.email)
                )
            if not culprits:
                return
            self.changed = [entry for entry in self.changed if id(entry.new) not in culprits]
            self.added = [entry for entry in self.added if id(entry.contact) not in culprits]

    def result(self) -> list[Contact]:
        """Everybody as they would be."""
        new = {id(entry.old): entry.new for entry in self.changed}
        return [*(new.get(id(c), c) for c in self.standing), *(entry.contact for entry in self.added)]

    def gone(self) -> Iterator[Gone]:
        """Who of ours is not in the list: neither live, nor refused."""
        left = {
            _known(email): f"{one.how} in row {one.row}" for one in self.people.left for email in one.emails
        }
        refused = {_known(refused.email) for refused in self.refused if refused.email}
        for contact in self.standing:
            met = id(contact) in self.met
            inside = self.terms.within is None or contact.address in self.terms.within
            why = next((left[address] for address in contact.addresses if address in left), "")
            if met or not (inside or why) or (refused & set(contact.addresses) and not why):
                continue
            yield Gone(contact, why, asks_about(contact, self.terms.day))


def _known(email: str) -> str:
    try:
        return normalise(email)
    except AddressError:
        return email.casefold()


def asks_about(contact: Contact, day: date) -> bool:
    """Whether they hold a role or a subscription that has not ended by that day."""
    ends = [role.end for role in contact.roles] + [entry.end for entry in contact.subscriptions]
    return any(end is None or end >= day for end in ends)
