"""What the rules about an audience are told: who is reached and who is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mailer.audience import Scene, address_for, belongs, roles_on
from mailer.check import AudienceFacts
from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.flow.obliged import unreached
from mailer.flow.people import People
from mailer.flow.send_record import Answer, Asked, ask_record
from mailer.flow.shown import WITHOUT_NEWS
from mailer.flow.versions import Division, Share
from mailer.model.audience import Contact, Reader
from mailer.model.base import primary
from mailer.model.issue import Deadline, Issue
from mailer.model.rendition import slot_base

MOST_NAMED = 5
FEW_NEWS = 3
"""Items of news from which on a version with a single one of them is odd."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The readers who would get a mail, and those people with a role who would not."""

    shares: tuple[Share, ...]
    addresses: int
    """How many mails that is: people who share an address get one."""
    unreachable: tuple[str, ...]
    declined: tuple[str, ...]


def audience_facts(
    workspace: Workspace,
    people: People,
    division: Division,
    gaps: Iterable[tuple[Reader, Collection[str]]],
    *,
    day: date,
    segments: tuple[str, ...],
    corrects: bool,
) -> AudienceFacts:
    """The facts about an audience. Of a correction, which goes to those who got what it corrects, only some.

    `gaps`: readers, each with those personal fields of their version that have no value.
    """
    issue, scene = division.issue, people.scene(day)
    facts = AudienceFacts(
        segments=segments,
        without_version=_without_version(division, scene),
        one_item_versions=_one_item_versions(issue, division),
        without_slot=_without_slot(gaps),
        states_of=_states_of(issue, division),
    )
    if corrects or not division.shares:
        return facts
    contacts = [share.contact for share in division.shares]
    addresses = tuple(address for contact in contacts for address in contact.addresses)
    record = ask_record(
        workspace.ledger_path, Asked(addresses, issue.message_class, frozenset(segments), issue.id)
    )
    reached = _reached(division, record, workspace.config.newsletter.list, day)
    unread = [f"the send record ({record.trouble.rstrip('.')})"] if record.trouble else []
    missing: Mapping[str, tuple[str, ...]] = {}
    try:
        missing = unreached(workspace, issue, reached.shares, day)
    except MailerError as error:
        unread.append(f"the deadlines ({error.message.splitlines()[0].rstrip('.')})")
    return replace(
        facts,
        unseen=_unseen(issue, division, people, scene),
        unreachable=reached.unreachable,
        declined=reached.declined,
        obliged_unreached=missing,
        mails=reached.addresses,
        last_sizes=record.last_sizes,
        unread=tuple(unread),
    )


def _reached(division: Division, record: Answer, newsletter: str, day: date) -> Reached:
    """Those who did not subscribe to a newsletter, or may not get that class of mail, are neither."""
    message_class = division.issue.message_class
    # Of thousands of people, most have the same in that column.
    subscribed: dict[int, bool] = {}
    shares: list[Share] = []
    used: set[str] = set()
    unreachable: list[str] = []
    declined: list[str] = []
    for share in division.shares:
        contact = share.contact
        wants = message_class in contact.messages
        if wants and message_class == "newsletter":
            column = id(contact.subscriptions)
            if column not in subscribed:
                subscribed[column] = contact.subscribes_to(newsletter, day)
            wants = subscribed[column]
        if not wants:
            continue
        if record.suppressed.keys().isdisjoint(contact.addresses):
            address, why = contact.address, ""
        else:
            address, why = address_for(contact, message_class, record.suppressed)
        if address:
            shares.append(share)
            used.add(address)
        elif roles_on(contact, day):
            barred = [record.suppressed[one] for one in contact.addresses if one in record.suppressed]
            named = f"{contact.name or contact.address} ({why.removeprefix('do-not-mail list: ')})"
            (declined if any(one.because.of_person for one in barred) else unreachable).append(named)
    return Reached(tuple(shares), len(used), tuple(unreachable), tuple(declined))


def _without_version(division: Division, scene: Scene) -> dict[str, int]:
    # What somebody reads first rests on two columns: looked up once for all who have the same in them.
    alike = Counter(
        (share.contact.language, share.contact.country, share.variant.language) for share in division.shares
    )
    found: Counter[str] = Counter()
    for (stated, country, given), number in alike.items():
        wanted = scene.language(Contact(email="", address="", language=stated, country=country))
        if wanted and primary(wanted) != primary(given):
            found[wanted] += number
    return dict(found.most_common())


def _one_item_versions(issue: Issue, division: Division) -> tuple[tuple[str, int], ...]:
    """Words and head-count of each version with a single item of news, of an issue that has several."""
    news = {item.id for item in issue.items if item.kind not in WITHOUT_NEWS}
    if len(news) < FEW_NEWS:
        return ()
    return tuple(
        (division.words[key], division.heads[key])
        for key, variant in division.variants.items()
        if len(news.intersection(variant.items)) == 1
    )


def _without_slot(gaps: Iterable[tuple[Reader, Collection[str]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for reader, slots in gaps:
        for slot in slots:
            names = found.setdefault(slot_base(slot), {})
            if len(names) < MOST_NAMED:
                names[reader.contact.name or reader.address] = None
    return {slot: tuple(names) for slot, names in found.items()}


def _states_of(issue: Issue, division: Division) -> dict[str, frozenset[str]]:
    wanted = {item.id for item in issue.items if isinstance(item, Deadline)}
    states: dict[str, set[str]] = {item: set() for item in wanted}
    seen = {id(one): wanted.intersection(one.items) for one in division.variants.values()}
    for share in division.shares if wanted else ():
        if share.contact.country:
            for item in seen[id(share.variant)]:
                states[item].add(share.contact.country)
    return {item: frozenset(codes) for item, codes in states.items()}


def _unseen(issue: Issue, division: Division, people: People, scene: Scene) -> dict[str, int]:
    """Items past their last day are seen by nobody on purpose."""
    seen = {item for variant in division.variants.values() for item in variant.items}
    known = people.recipients.segments
    return {
        item.id: _members(people.recipients.contacts, item.show_to, scene)
        for item in issue.items
        if item.id not in seen and item.show_to in known
        if not (item.expires and item.expires < scene.day)
    }


def _members(contacts: Collection[Contact], group: str | None, scene: Scene) -> int:
    rule = scene.segment(group or "").rule
    return sum(belongs(contact, rule, scene) for contact in contacts)
