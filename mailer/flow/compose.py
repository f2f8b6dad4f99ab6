"""From an issue's folder and its readers to variants, renditions and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mailer.audience import Scene, resolve
from mailer.check import RULES, CheckedIssue, check_issue
from mailer.config import PublicMode, SmtpRelay, Workspace
from mailer.content import IssueFile, find_issue, read_issue, read_pictures, read_waivers
from mailer.errors import nearest
from mailer.flow.desk import Desk
from mailer.flow.people import People, read_people
from mailer.model.audience import Contact, Reader
from mailer.model.finding import Finding, Severity, Waiver, standing, worst_first
from mailer.model.issue import Issue, Sender
from mailer.model.rendition import TEXT_SLOTS, Rendition, Variant
from mailer.proof import is_author

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

    @property
    def issue(self) -> Issue:
        """The issue as read."""
        return self.file.issue

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
        """The reader with that address, as given or normalised."""
        wanted = address.strip().casefold()
        return next(
            (r for r in self.readers if wanted in (r.address.casefold(), r.contact.email.casefold())), None
        )


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
) -> Composed:
    """Read, divide into variants, render each once, and check.

    `on` decides the day; the issue's own date where left out. `secret` signs the unsubscribe addresses.
    Raises ProblemsError or RenderError where files cannot be used; findings are values.
    """
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    people = people or read_people(workspace)
    day = on or file.issue.date
    scene = people.scene(day)
    contacts = _contacts(people, scene, segments, also, except_)
    desk = Desk(workspace, file, people, day, secret)
    readers = tuple(desk.reader(contact) for contact in contacts)
    heads = Counter(reader.variant for reader in readers)
    pictures = read_pictures(file.issue, file.folder, file.document.file, file.locate)
    renditions = tuple(
        desk.render(variant, pictures) for key, variant in sorted(desk.variants.items()) if heads[key]
    )
    findings = check_issue(
        CheckedIssue(
            issue=file.issue,
            locate=file.locate,
            renditions=renditions,
            day=day,
            slot_gaps=_gaps(readers),
            readers=len(readers),
            known_segments=frozenset(people.recipients.segments),
            clip_bytes=workspace.config.clip_bytes,
            public=workspace.config.public is PublicMode.SERVER,
            is_real=any(isinstance(relay, SmtpRelay) for relay in workspace.config.relays.values()),
        )
    )
    waivers, doubtful = _waivers(read_waivers(file.folder), file)
    return Composed(
        file=file,
        people=people,
        day=day,
        segments=segments,
        also=also,
        except_=except_,
        sender=file.issue.sender or workspace.config.sender,
        readers=readers,
        renditions=renditions,
        heads=heads,
        words={r.variant.key: _words(r.variant, desk.variants, file.issue) for r in renditions},
        findings=tuple(worst_first([*findings, *doubtful])),
        waivers=waivers,
        phrases={r.variant.language: desk.template(r.variant.language).phrases for r in renditions},
    )


def _waivers(read: Iterable[Waiver], file: IssueFile) -> tuple[tuple[Waiver, ...], list[Finding]]:
    """The waivers that hold, and a finding for each that cannot: an unknown rule, or an author's own word."""
    rules = {rule.id for rule in RULES}
    holding: list[Waiver] = []
    findings: list[Finding] = []
    for waiver in read:
        if waiver.rule not in rules:
            message, hint = f'There is no rule "{waiver.rule}" to waive.', nearest(waiver.rule, rules)
        elif is_author(waiver.by, file.issue.authors):
            message = f"{waiver.by} wrote this issue and cannot waive {waiver.rule}."
            hint = "Somebody else has to answer for it."
        else:
            holding.append(waiver)
            continue
        place = f"{file.document.file.rpartition('/')[0]}/waivers.yaml"
        findings.append(
            Finding(rule="waiver.void", severity=Severity.WARN, message=message, hint=hint, file=place)
        )
    return tuple(holding), findings


def _contacts(
    people: People, scene: Scene, segments: tuple[str, ...], also: tuple[str, ...], except_: tuple[str, ...]
) -> tuple[Contact, ...]:
    """Those in the groups; every contact where no group and nobody is named."""
    if segments or also:
        return resolve(segments, people.recipients, scene, also=also, except_=except_)
    left_out = set(resolve((), people.recipients, scene, also=except_)) if except_ else set()
    return tuple(contact for contact in people.recipients.contacts if contact not in left_out)


def _gaps(readers: tuple[Reader, ...]) -> dict[str, int]:
    return {name: sum(1 for reader in readers if not reader.slots.get(name)) for name in TEXT_SLOTS}


def _words(variant: Variant, all_variants: Mapping[str, Variant], issue: Issue) -> str:
    """What to call a variant: its language, and which items its readers do not see."""
    shown_to_some = {item for other in all_variants.values() for item in other.items}
    hidden = [item.id for item in issue.items if item.id in shown_to_some - set(variant.items)]
    language = language_name(variant.language)
    return f"{language}, without {', '.join(hidden)}" if hidden else f"{language}, every item"


def language_name(code: str) -> str:
    """The English name of a language, or its code."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code
