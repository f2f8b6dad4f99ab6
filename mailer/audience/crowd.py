"""Many people asked at once: each rule's answer for everybody as one number, a bit for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import compress
from operator import attrgetter
from typing import Any

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.groups import parts_of
from mailer.audience.resolve import Scene, deadline_facts, owner_field, test_for
from mailer.errors import MailerError, UsageError, nearest
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Contact,
    DeadlineFacts,
    FieldTest,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    Outstanding,
    PartyTo,
    RangeStateOf,
    Reads,
    Recipients,
    Rule,
    Submitted,
    Subscribed,
)

_BIT, _ANSWER = bytes.maketrans(b"\x00\x01", b"01"), bytes.maketrans(b"01", b"\x00\x01")


class Crowd:
    """The people of a file before the rules of a scene.

    What decides a rule, such as the country or the roles, is the same for very many of them: each such value is
    tested once. That is what makes 100,000 people quick.
    """

    def __init__(self, contacts: Iterable[Contact], scene: Scene) -> None:
        self.contacts = tuple(contacts)
        self.scene = scene
        self.everybody = (1 << len(self.contacts)) - 1
        self._groups: dict[str, int] = {}
        self._columns: dict[tuple[str, ...], list[Any]] = {}
        self._divisions: dict[tuple[str, ...], Mapping[str, int]] = {}

    def group(self, name: str, trail: tuple[str, ...] = ()) -> int:
        """Those in the group of that name. UsageError where there is none, MailerError where groups form a circle."""
        if name in trail:
            raise MailerError(f"The groups go round in a circle: {' → '.join((*trail, name))}.")
        if name not in self._groups:
            self._groups[name] = self.bits(self.scene.segment(name).rule, (*trail, name))
        return self._groups[name]

    def bits(self, rule: Rule | None, trail: tuple[str, ...] = ()) -> int:
        """Those for whom the rule holds; `trail`: the groups passed on the way to it."""
        match rule:
            case None:
                return self.everybody
            case AllOf():
                found = self.everybody
                for part in rule.all:
                    found &= self.bits(part, trail)
                return found
            case AnyOf() | NoneOf():
                found = 0
                for part in parts_of(rule):
                    found |= self.bits(part, trail)
                return found if isinstance(rule, AnyOf) else self.everybody & ~found
            case InSegment():
                return self.group(rule.segment, trail)
            case Outstanding():
                owed = deadline_facts(rule.outstanding, self.scene.facts)
                return self.group(owed.obliged, trail) & self._owing(owed)
            case _:
                return self._asked(rule, trail)

    def members(self, bits: int) -> tuple[Contact, ...]:
        """The people whose bit is set, in the order of the file."""
        if bits == self.everybody:
            return self.contacts
        signs = f"{bits:0{len(self.contacts)}b}".encode().translate(_ANSWER)
        return tuple(compress(self.contacts, signs))

    def matching(self, test: Callable[[Contact], bool]) -> int:
        """Those who pass a test, each asked."""
        return _number(bytes(map(test, self.contacts)))

    def divided(
        self, names: tuple[str, ...], labels: Callable[[Contact], Iterable[str]]
    ) -> Mapping[str, int]:
        """Label → those who have it; `labels` gives a contact's, which those columns alone must decide."""
        if names not in self._divisions:
            column = self._column(names)
            examples = dict(zip(column, self.contacts, strict=True))
            given = {value: frozenset(labels(example)) for value, example in examples.items()}
            found = {}
            for label in frozenset().union(*given.values()):
                has = {value: label in said for value, said in given.items()}
                found[label] = _number(bytes(map(has.__getitem__, column)))
            self._divisions[names] = found
        return self._divisions[names]

    def _asked(self, rule: Rule, trail: tuple[str, ...]) -> int:
        test = test_for(rule, self.scene, trail)
        names = _decided_by(rule, self.scene)
        if not names:
            return self.matching(test)
        column = self._column(names)
        examples = dict(zip(column, self.contacts, strict=True))
        answers = {value: test(example) for value, example in examples.items()}
        return _number(bytes(map(answers.__getitem__, column)))

    def _owing(self, known: DeadlineFacts) -> int:
        return _number(bytes(key in known.owed for key in self._column((owner_field(known),))))

    def _column(self, names: tuple[str, ...]) -> list[Any]:
        """What everybody has in those columns. Of roles and subscriptions, which hold much: which one it is."""
        if names not in self._columns:
            values = map(attrgetter(*names), self.contacts)
            is_large = names[0] in ("roles", "subscriptions")
            self._columns[names] = list(map(id, values)) if is_large else list(values)
        return self._columns[names]


def resolve(
    names: Iterable[str],
    recipients: Recipients,
    scene: Scene,
    also: Collection[str] = (),
    except_: Collection[str] = (),
) -> tuple[Contact, ...]:
    """Everybody in any of the groups, and `also`, but for `except_`: each once, in the order of the contacts.

    A person is meant by any of their addresses, and all who share one are meant by it. UsageError where a group,
    or an address in `also` or `except_`, is not known.
    """
    crowd = crowd_of(recipients.contacts, scene)
    found = 0
    for name in names:
        found |= crowd.group(name)
    if also or except_:
        addresses = {address for contact in recipients.contacts for address in contact.addresses}
        added = {_known_address(email, addresses) for email in also}
        removed = {_known_address(email, addresses) for email in except_}
        found |= crowd.matching(lambda contact: not added.isdisjoint(contact.addresses))
        found &= ~crowd.matching(lambda contact: not removed.isdisjoint(contact.addresses))
    return crowd.members(found)


def crowd_of(contacts: tuple[Contact, ...], scene: Scene) -> Crowd:
    """The same crowd for the same people and scene, so that what it has worked out serves again."""
    known = scene.crowds.get(id(contacts))
    if known is None or known.contacts is not contacts:
        known = scene.crowds[id(contacts)] = Crowd(contacts, scene)
    return known


def _number(answers: bytes) -> int:
    return int(answers.translate(_BIT), 2) if answers else 0


def _decided_by(rule: Rule, scene: Scene) -> tuple[str, ...]:
    """The columns that alone decide a rule on a day; none where each person must be asked."""
    match rule:
        case InCountry() | InRegion() | RangeStateOf() | PartyTo():
            return ("country",)
        case HoldsRole():
            return ("roles",)
        case Subscribed():
            return ("subscriptions",)
        case Reads():
            return ("language", "country")
        case FieldTest():
            return (rule.field,)
        case Submitted():
            return (owner_field(deadline_facts(rule.submitted, scene.facts)),)
        case _:
            return ()


def _known_address(email: str, addresses: Collection[str]) -> str:
    try:
        address = normalise(email.strip())
    except AddressError as error:
        raise UsageError(f'"{email}" is not an address: {error}.') from error
    if address not in addresses:
        close = nearest(address, addresses)
        hint = close if close.startswith("Did") else "Add them to contacts.csv first."
        raise UsageError(f"{address} is not among the contacts.", hint)
    return address
