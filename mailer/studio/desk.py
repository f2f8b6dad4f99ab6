"""One warm copy of what the files say: composed again only when a file has changed.

`Desk.look()` gives an issue as its readers get it. Where the files cannot be used, it gives their problems
together with the last good state, so that a slip while writing does not take the preview away.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import RLock
from time import perf_counter

from mailer.config import Workspace, open_workspace
from mailer.content import list_issues
from mailer.content.places import SHARED
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.flow import Composed, People, compose_issue, ledger_of, read_people
from mailer.flow.records import unsubscribe_secret
from mailer.flow.stamps import Stamp, stamp_of
from mailer.model.rendition import Picture
from mailer.relay import Tray, TrayDetail

MOST_KEPT = 24

Audience = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """An issue for an audience as of now, or its problems with the last good state."""

    slug: str
    audience: Audience
    composed: Composed | None
    problems: tuple[Problem, ...] = ()
    revision: int = 0
    """Counts up each time it was composed anew."""
    changed: tuple[str, ...] = ()
    """Items that differ from the state before, in reading order."""
    took_ms: float = 0.0

    @property
    def is_stale(self) -> bool:
        """Whether the composed state is older than the files."""
        return bool(self.problems) and self.composed is not None


class Desk:
    """The workspace as it is on disk, read once and again when something changed. Safe to use from threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = RLock()
        """Held for moments only: whoever serves a frame must not wait for a whole issue."""
        self._composing = RLock()
        self._looks: OrderedDict[tuple[str, Audience], tuple[Stamp, Look]] = OrderedDict()
        self._people: tuple[Stamp, People] | None = None
        self._config_stamp = stamp_of(workspace.root / "mailer.toml")
        self._config_problems: tuple[Problem, ...] = ()
        self._secret: bytes | None = None
        self._mail: TrayDetail | None = None
        self._glances: dict[tuple[str, Audience, str], tuple[Stamp, Composed]] = {}

    def workspace(self) -> Workspace:
        """The workspace with its settings as mailer.toml says now, or said when it could last be read."""
        with self._lock:
            stamp = stamp_of(self._workspace.root / "mailer.toml")
            if stamp != self._config_stamp:
                self._config_stamp = stamp
                try:
                    self._workspace = open_workspace(self._workspace.root)
                    self._config_problems = ()
                except (MailerError, OSError) as error:
                    self._config_problems = problems_in(error)
            return self._workspace

    def config_problems(self) -> tuple[Problem, ...]:
        """What is wrong with mailer.toml, if anything."""
        self.workspace()
        return self._config_problems

    def slugs(self) -> list[str]:
        """Names of the issues, the newest folder name first."""
        return sorted(list_issues(self.workspace().issues), reverse=True)

    def people(self) -> People:
        """Contacts, groups and registers. ProblemsError where they cannot be used."""
        with self._lock:
            workspace = self.workspace()
            stamp = stamp_of(workspace.recipients)
            if self._people is None or self._people[0] != stamp:
                self._people = (stamp, read_people(workspace))
            return self._people[1]

    def look(self, slug: str, audience: Audience = ()) -> Look:
        """The issue as the readers of these groups get it; every contact where none is named."""
        with self._composing:
            workspace = self.workspace()
            stamp = self._stamp_of(workspace, slug)
            kept = self._looks.get((slug, audience))
            if kept is not None and kept[0] == stamp:
                return kept[1]
            look = self._compose(workspace, slug, audience, kept[1] if kept else None)
            with self._lock:
                self._looks[slug, audience] = (stamp, look)
                self._looks.move_to_end((slug, audience))
                while len(self._looks) > MOST_KEPT:
                    self._looks.popitem(last=False)
            return look

    def glance(self, slug: str, audience: Audience, version: str, reader: str = "") -> Composed | None:
        """One version as the files are now, ahead of the whole issue: composed for one reader of it, by address.

        None where nothing changed since the last look, or where only a whole look can tell.
        """
        kept = self._looks.get((slug, audience))
        last = kept[1].composed if kept else None
        workspace = self.workspace()
        stamp = self._stamp_of(workspace, slug)
        if kept is None or last is None or kept[0] == stamp:
            return None
        address = reader or next((r.address for r in last.readers if r.variant == version), "")
        try:
            people, key = self.people(), self._key(workspace)
            composed = compose_issue(
                workspace, slug, secret=key, also=(address,), people=people, with_findings=False
            )
        except (MailerError, OSError):
            return None
        if not address or not any(r.variant.key == version for r in composed.renditions):
            return None
        with self._lock:
            if len(self._glances) > MOST_KEPT:
                self._glances.clear()
            self._glances[slug, audience, version] = (stamp, composed)
        return composed

    def version(self, slug: str, audience: Audience, version: str, reader: str = "") -> Composed | None:
        """What holds that version: a glance where one is newer than the last look, else the look."""
        found = self._glances.get((slug, audience, version))
        is_new = found is not None and found[0] == self._stamp_of(self.workspace(), slug)
        if found and is_new and (not reader or found[1].reader(reader)):
            return found[1]
        return self.look(slug, audience).composed

    def default_audience(self) -> Audience:
        """The group that means everybody, where there is one; else every contact."""
        people = self.people_or_none()
        return ("everyone",) if people and "everyone" in people.recipients.segments else ()

    def people_or_none(self) -> People | None:
        """Contacts, groups and registers, or None where they cannot be used."""
        try:
            return self.people()
        except (MailerError, OSError):
            return None

    def pictures(self) -> list[Picture]:
        """Every picture of what was looked at lately."""
        with self._lock:
            whole = [look.composed for _, look in self._looks.values()]
            everything = [*whole, *(composed for _, composed in self._glances.values())]
        return [p for composed in everything if composed for r in composed.renditions for p in r.pictures]

    def tray_mail(self, mail: str) -> TrayDetail:
        """A mail of the practice tray, taken apart once for all its pictures. MailerError where there is none."""
        outbox = self.workspace().outbox
        raw = Tray(outbox).read(mail)
        with self._lock:
            if self._mail is None or self._mail.message.id != mail or self._mail.raw != raw:
                self._mail = Tray(outbox).parse(mail)
            return self._mail

    def _compose(self, workspace: Workspace, slug: str, audience: Audience, before: Look | None) -> Look:
        began = perf_counter()
        last = before.composed if before else None
        revision = before.revision + 1 if before else 1
        try:
            people = self.people()
            composed = compose_issue(workspace, slug, audience, secret=self._key(workspace), people=people)
        except (MailerError, OSError) as error:
            if before is None:
                return Look(slug, audience, None, problems_in(error), revision)
            return replace(before, problems=problems_in(error), revision=revision, changed=())
        took = (perf_counter() - began) * 1000
        return Look(slug, audience, composed, (), revision, changed_items(last, composed), took)

    def _stamp_of(self, workspace: Workspace, slug: str) -> Stamp:
        """Changes whenever something changes that the issue is composed from."""
        return stamp_of(
            workspace.issues / slug,
            workspace.issues / SHARED,
            workspace.templates,
            workspace.recipients,
            workspace.root / "mailer.toml",
        )

    def _key(self, workspace: Workspace) -> bytes:
        if self._secret is None:
            with ledger_of(workspace) as ledger:
                self._secret = unsubscribe_secret(ledger)
        return self._secret


def problems_in(error: Exception) -> tuple[Problem, ...]:
    """The problems that an error carries, or the error itself as one."""
    if isinstance(error, ProblemsError):
        return error.problems
    if isinstance(error, MailerError):
        return (Problem(error.message, error.hint),)
    if isinstance(error, OSError) and error.strerror:
        return (Problem(f"{error.strerror}.", file=str(error.filename or "")),)
    return (Problem(str(error) or type(error).__name__),)


def changed_items(before: Composed | None, now: Composed) -> tuple[str, ...]:
    """Ids of the items that differ, in reading order; none where there was nothing before."""
    if before is None:
        return ()
    old = {item.id: item for item in before.issue.items}
    return tuple(item.id for item in now.issue.items if old.get(item.id) != item)
