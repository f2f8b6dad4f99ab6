"""From an issue's folder and its readers to variants, renditions and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from mailer.audience import roles_on
from mailer.check import CheckedIssue, Unchecked, check_issue, not_checked
from mailer.config import Profile, PublicMode, SmtpRelay, Workspace
from mailer.content import IssueFile, find_issue, read_issue
from mailer.content.records import read_placed_waivers
from mailer.flow.audience_facts import audience_facts
from mailer.flow.compat import wanted_clients
from mailer.flow.desk import Desk
from mailer.flow.erratum import Correcting, with_erratum
from mailer.flow.message_facts import message_facts, relay_facts
from mailer.flow.people import People, read_people
from mailer.flow.pictures import issue_pictures
from mailer.flow.shown import empty_versions, hidden_states
from mailer.flow.versions import Division, asked_groups, contacts_of, divide
from mailer.flow.waivers import Weighed, weigh_waivers
from mailer.model.audience import Reader
from mailer.model.finding import Finding, Waiver, standing, worst_first
from mailer.model.issue import Issue, Sender
from mailer.model.rendition import Rendition
from mailer.model.translation import Progress, progress_of

EVERYONE: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """An issue as each of its readers will get it, and what the checks say."""

    file: IssueFile
    people: People
    day: date
    segments: tuple[str, ...]
    """Groups it is composed for; none means every contact."""
    also: tuple[str, ...]
    except_: tuple[str, ...]
    sender: Sender
    readers: tuple[Reader, ...]
    renditions: tuple[Rendition, ...]
    heads: Mapping[str, int]
    words: Mapping[str, str]
    findings: tuple[Finding, ...]
    waivers: tuple[Waiver, ...]
    phrases: Mapping[str, Mapping[str, str]]
    """Language → the template's fixed strings, which personal fields are made of."""
    corrects: tuple[str, ...] = ()
    """The digests that it puts right, of a correction: its readers are those who got one of them."""
    not_checked: tuple[Unchecked, ...] = ()
    """What no rule could look at, and why; shown, never hashed."""

    @property
    def issue(self) -> Issue:
        """The issue as read."""
        return self.file.issue

    @property
    def progress(self) -> tuple[Progress, ...]:
        """How far each translation has come."""
        return tuple(progress_of(self.issue, each) for each in self.file.translations.values())

    @property
    def standing(self) -> tuple[Finding, ...]:
        """Findings that no waiver covers, worst first."""
        return standing(self.findings, self.waivers)

    @property
    def waived(self) -> tuple[Finding, ...]:
        """Findings that a waiver covers."""
        left = self.standing
        return tuple(f for f in self.findings if f not in left)

    def rendition(self, key: str) -> Rendition:
        """The rendition of a variant; KeyError where there is none."""
        for rendition in self.renditions:
            if rendition.variant.key == key:
                return rendition
        raise KeyError(key)

    def reader(self, address: str) -> Reader | None:
        """The reader with that address, as given or normalised; the first of several, but for `Name <address>`."""
        wanted = address.strip().casefold()
        found = (reader for reader in self.readers if wanted in _names_of(reader))
        others = (reader for reader in self.readers if wanted in reader.contact.other_emails)
        return next(chain(found, others), None)

    def key_of(self, reader: Reader) -> str:
        """By what `reader` finds this one again: the address, with the name where it is shared with one before."""
        return reader.address if self.reader(reader.address) is reader else reader.mailbox


def _names_of(reader: Reader) -> tuple[str, ...]:
    return reader.address.casefold(), reader.contact.email.casefold(), reader.mailbox.casefold()


def compose_issue(
    workspace: Workspace,
    slug: str,
    segments: tuple[str, ...] = EVERYONE,
    *,
    secret: bytes,
    on: date | None = None,
    also: tuple[str, ...] = (),
    except_: tuple[str, ...] = (),
    people: People | None = None,
    with_findings: bool = True,
    strict: bool = False,
    correcting: Correcting | None = None,
) -> Composed:
    """Read, divide into versions, render each once, and check, unless only its looks are wanted in a hurry.

    `on` decides the day; the issue's own date where left out. `secret` signs the unsubscribe addresses.
    `strict` asks every rule, whatever the workspace's profile. `correcting` puts a box on top of it, for its readers
    and nobody else.
    Raises ProblemsError or RenderError where files cannot be used, or where there would be too many versions:
    then nothing has been rendered. Findings are values.
    """
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    if correcting:
        file = with_erratum(file, correcting)
    day = on or file.issue.date
    people = (people or read_people(workspace)).as_of(day, asked_groups(file.issue, segments))
    if correcting:
        contacts = tuple(reader.contact for reader in correcting.readers)
        division = divide(
            file, people, contacts, day, workspace.config, besides=correcting.groups_then(file.issue)
        )
    else:
        contacts = contacts_of(people, people.scene(day), segments, also, except_)
        division = divide(file, people, contacts, day, workspace.config)
    desk = Desk(workspace, file, people, day, secret)
    readers = tuple(desk.reader(share) for share in division.shares)
    pictures = issue_pictures(workspace, file, desk.frames(division.variants.values()))
    renditions = tuple(desk.render(variant, pictures) for variant in division.variants.values())
    findings: list[Finding] = []
    unchecked: tuple[Unchecked, ...] = ()
    strict = strict or workspace.config.profile is Profile.STRICT
    sender = file.issue.sender or workspace.config.sender
    if with_findings:
        checked = _subject(
            workspace,
            file,
            sender=sender,
            people=people,
            day=day,
            division=division,
            readers=readers,
            renditions=renditions,
            segments=segments,
            corrects=correcting is not None,
        )
        findings = check_issue(checked, strict=strict)
        unchecked = not_checked(checked, strict=strict)
    weighed = Weighed(findings, strict, whole=not (segments or also or except_) and day == file.issue.date)
    waivers, doubtful = weigh_waivers(
        read_placed_waivers(file.folder, workspace.root), weighed if with_findings else None, file
    )
    return Composed(
        file=file,
        people=people,
        day=day,
        segments=segments,
        also=also,
        except_=except_,
        sender=sender,
        readers=readers,
        renditions=renditions,
        heads=division.heads,
        words=division.words,
        findings=tuple(worst_first([*findings, *doubtful])),
        waivers=waivers,
        phrases=desk.spoken,
        corrects=correcting.wrong if correcting else (),
        not_checked=unchecked,
    )


def _subject(
    workspace: Workspace,
    file: IssueFile,
    *,
    sender: Sender,
    people: People,
    day: date,
    division: Division,
    readers: tuple[Reader, ...],
    renditions: tuple[Rendition, ...],
    segments: tuple[str, ...],
    corrects: bool,
) -> CheckedIssue:
    """What the checks look at."""
    gaps = _gaps(readers, renditions)
    return CheckedIssue(
        issue=file.issue,
        locate=file.locate,
        renditions=renditions,
        day=day,
        slot_gaps=Counter((reader.variant, slots) for reader, slots in gaps),
        readers=len(readers),
        known_segments=frozenset(people.recipients.segments),
        empty_versions=empty_versions(file.issue, division),
        without_office=sum(not roles_on(share.contact, day) for share in division.shares),
        hidden_from=hidden_states(file.issue, division, people, day),
        clip_bytes=workspace.config.clip_bytes,
        public=workspace.config.public is PublicMode.SERVER,
        on_web=workspace.config.public is not PublicMode.NONE,
        is_real=any(isinstance(relay, SmtpRelay) for relay in workspace.config.relays.values()),
        translations=file.translations,
        fallbacks=workspace.config.fallbacks,
        locate_in={language: file.locate_in(language) for language in file.translations},
        shared=frozenset(file.shared),
        slug=file.slug,
        sender=sender,
        envelope_sender=workspace.config.envelope_sender,
        postal_address=workspace.config.office.postal_address,
        office=workspace.config.office.name,
        registers=people.registers,
        clients=wanted_clients(workspace),
        audience=audience_facts(
            workspace,
            people,
            division,
            gaps,
            day=day,
            segments=segments,
            corrects=corrects,
        ),
        messages=message_facts(workspace, file.issue, renditions, readers, sender=sender),
        relays=relay_facts(workspace.config, sender),
    )


def _gaps(
    readers: Iterable[Reader], renditions: Iterable[Rendition]
) -> tuple[tuple[Reader, frozenset[str]], ...]:
    """Each reader with those of the personal fields in their version that have no value."""
    used = {rendition.variant.key: rendition.slots for rendition in renditions}
    return tuple(
        (reader, frozenset(slot for slot in used[reader.variant] if not reader.slots.get(slot)))
        for reader in readers
    )
