"""One issue as the archive shows it: a page, a text and calendar files a language, and the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mailer.config import Workspace
from mailer.content import IssueFile, find_issue, read_issue, read_receipts
from mailer.content.errata import ErratumFile, read_errata
from mailer.content.records import Receipt
from mailer.errors import Problem, ProblemsError
from mailer.flow.archive_editions import archive_editions, targeted
from mailer.flow.archive_files import sha256
from mailer.flow.archive_sent import Sent, compare_sent
from mailer.flow.calendar import calendar_bytes
from mailer.flow.desk import Desk
from mailer.flow.erratum import Correcting, with_erratum
from mailer.flow.people import People
from mailer.flow.pictures import issue_pictures
from mailer.flow.undecided import refuse_undecided
from mailer.model.archive import ArchivedIssue, ArchivedPage
from mailer.model.issue import Deadline, Event, Issue
from mailer.model.rendition import CalendarEntry, Picture
from mailer.model.slots import fill_slots, split_slots
from mailer.render import Edition, EditionView, render_page, render_text, view_edition
from mailer.render.dates import direction, long_date
from mailer.render.marks import labelled
from mailer.render.pages import refuse_page_dangers
from mailer.source import language_name

UP = "../.."
"""From a page, ISSUE/LANGUAGE/index.html, to the archive's folder."""
PAGE, TEXT = "index.html", "message.txt"


@dataclass(frozen=True, slots=True)
class MadeIssue:
    """An issue as it goes into the archive."""

    entry: ArchivedIssue
    """`pages` is empty where nothing of it is to be archived."""
    content: Mapping[str, bytes]
    """Path below the archive's folder → the file."""
    kept_out: tuple[str, ...]
    """Items that `archive: no` keeps out."""
    targeted: tuple[str, ...]
    """Titles of what only some get by mail, and everybody finds here."""
    loose_errata: tuple[str, ...]
    """Errata that name no items, though some items are kept out."""
    sent: Sent
    """How it stands to what was sent."""
    dates: tuple[CalendarEntry, ...]
    """Of its calendar files."""


@dataclass(frozen=True, slots=True)
class WithErrata:
    """An issue with the boxes that everybody sees."""

    file: IssueFile
    corrected: date | None
    """The day of the newest."""
    loose: tuple[str, ...]
    """Names of errata that everybody reads and that name no items, though some items are kept out: one of these may
    be what they are about."""


def index_of(language: str) -> str:
    """The file that lists all issues for readers of a language."""
    return f"index.{language}.html"


def feed_of(language: str) -> str:
    """The file of the language's news feed."""
    return f"feed.{language}.xml"


def own_name(language: str) -> str:
    """What a language calls itself, as a link to a page in it says: `Русский`."""
    name = language_name(language, language)
    return name[:1].upper() + name[1:]


def make_issue(workspace: Workspace, slug: str, people: People) -> MadeIssue:
    """Render the issue for everybody, and compare it with what was sent.

    `people` needs nobody in it: names of countries are all that is taken from the registers. ProblemsError also
    where what would be shown has changes or comments that nobody has decided.
    """
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    receipts = read_receipts(file.folder, workspace.root)
    seen = with_errata(file, workspace, receipts)
    boxed, corrected = seen.file, seen.corrected
    desk = Desk(workspace, boxed, people, file.issue.date, b"")
    editions = list(archive_editions(boxed, workspace.config.fallbacks))
    refuse_undecided(boxed, editions)
    variants = [edition.variant for edition in editions]
    pictures = issue_pictures(workspace, boxed, desk.frames(variants)) if variants else ()
    site = _Site(file.issue, desk, editions, pictures, corrected)
    pages = {edition.variant.language: site.add(edition) for edition in editions}
    issue = file.issue
    entry = ArchivedIssue(
        id=issue.id,
        slug=file.slug,
        day=issue.date,
        corrected=corrected,
        template=issue.template,
        theme=issue.theme,
        language=issue.language,
        pages=pages,
        files={name: sha256(content) for name, content in sorted(site.content.items())},
    )
    return MadeIssue(
        entry=entry,
        content=site.content,
        kept_out=tuple(item.id for item in issue.items if not item.archive),
        targeted=tuple(item.title or item.id for item in targeted(issue)) if pages else (),
        loose_errata=seen.loose,
        sent=compare_sent(workspace, file, people, receipts),
        dates=tuple(site.dates),
    )


def with_errata(file: IssueFile, workspace: Workspace, receipts: Sequence[Receipt]) -> WithErrata:
    """The issue with a box for each of its errata that is for everybody, the newest on top.

    An erratum is not where it says `archive: no`, or is about an item that does. The issue's subject and preheader
    stay what they were: nobody gets it as a mail again.
    """
    kept_out = {item.id for item in file.issue.items if not item.archive}
    dated = []
    for erratum in read_errata(file.folder, workspace.root):
        with_erratum(
            file, Correcting(erratum, (), None, ())
        )  # also one that is kept out may name a wrong item
        if erratum.erratum.archive and kept_out.isdisjoint(erratum.erratum.items):
            dated.append((_day_of(erratum, workspace, receipts), erratum))
    boxed = file
    for _, erratum in sorted(dated, key=lambda each: each[0]):
        boxed = with_erratum(boxed, Correcting(erratum, (), None, ()))
    head = {name: getattr(file.issue, name) for name in ("subject", "preheader")}
    translations = {
        tag: replace(words, head=file.translations[tag].head) for tag, words in boxed.translations.items()
    }
    boxed = replace(boxed, issue=boxed.issue.model_copy(update=head), translations=translations)
    loose = [erratum.erratum for _, erratum in dated if kept_out and not erratum.erratum.items]
    return WithErrata(boxed, max((day for day, _ in dated), default=None), tuple(each.name for each in loose))


def _day_of(file: ErratumFile, workspace: Workspace, receipts: Sequence[Receipt]) -> date:
    erratum, document = file.erratum, file.document
    sent = [one.finished_at for one in receipts if one.digest in erratum.right]
    if erratum.date or sent:
        return erratum.date or workspace.config.office.day_of(max(sent))
    raise ProblemsError(
        [
            Problem(
                "has no day, and its sending has not finished: the archive says when a page was corrected.",
                f"Finish it: `mailer correct {document.file.split('/')[-2]}`. Or add the day: `date: YYYY-MM-DD`.",
                document.file,
                document.line(("name",)),
                "date",
                "file.value",
            )
        ]
    )


class _Site:
    """The files of one issue, as they are made."""

    def __init__(
        self,
        issue: Issue,
        desk: Desk,
        editions: Sequence[Edition],
        pictures: tuple[Picture, ...],
        corrected: date | None,
    ) -> None:
        self.issue, self.desk = issue, desk
        self.pictures, self.corrected = pictures, corrected
        self.office = desk.workspace.config.office
        self.languages = [edition.variant.language for edition in editions]
        self.content: dict[str, bytes] = {}
        self.dates: list[CalendarEntry] = []

    def add(self, edition: Edition) -> ArchivedPage:
        """Make the files of one language; gives what the index says of it."""
        language, template = edition.variant.language, self.desk.template(edition.variant.language)
        phrases = {tongue: self.desk.phrases(tongue) for tongue in edition.languages}
        view = view_edition(edition, template, self.pictures, self.office, public_url=UP, phrases=phrases)
        folder = f"{self.issue.id}/{language}"
        extra = self._around(language) | {"entries": self._calendar(edition, folder)}
        text = render_text(edition, template, self.office, phrases=phrases, for_everybody=True)
        page = render_page(view, template, "page", extra)
        refuse_page_dangers(page, template, UP)
        self.content[f"{folder}/{PAGE}"] = page.encode()
        self.content[f"{folder}/{TEXT}"] = _filled(text, view).encode()
        for picture in view.pictures:
            address = f"pictures/{picture.file_name}".encode()
            if address in self.content[f"{folder}/{PAGE}"]:
                self.content[address.decode()] = picture.content
        return _page(view, edition)

    def _around(self, language: str) -> dict[str, Any]:
        """What the page leads to, and its days."""
        return {
            "languages": [
                {
                    "code": other,
                    "name": own_name(other),
                    "direction": direction(other),
                    "current": other == language,
                    "href": PAGE if other == language else f"../{other}/{PAGE}",
                }
                for other in self.languages
            ],
            "index_href": f"{UP}/{index_of(language)}",
            "feed_href": f"{UP}/{feed_of(language)}",
            "text_href": TEXT,
            "day": self.issue.date.isoformat(),
            "corrected": long_date(self.corrected, language) if self.corrected else "",
        }

    def _calendar(self, edition: Edition, folder: str) -> dict[str, str]:
        """Item → address of its calendar file, for those that are not to go without."""
        found = {}
        wordings = dict(edition.variant.wordings)
        for item in edition.issue.items:
            if isinstance(item, Event | Deadline) and item.calendar != "none":
                language = edition.fallen_back.get(item.id, edition.variant.language)
                made = self.desk.entries.entry(item.id, language, wordings.get(item.id))
                found[item.id] = f"calendar/{item.id}.ics"
                self.content[f"{folder}/{found[item.id]}"] = calendar_bytes(made)
                self.dates += [made.entry] if made.entry else []
        return found


def _filled(text: str, view: EditionView) -> str:
    return fill_slots(split_slots(text), {}, view.defaults, kind="text")


def _page(view: EditionView, edition: Edition) -> ArchivedPage:
    said = {
        name: _filled(str(view.context[name]), view)
        for name in ("title", "subject", "series", "number", "preheader")
    }
    box = next(iter(view.context["erratum"]), None)
    language = edition.variant.language
    return ArchivedPage(
        title=said["title" if edition.issue.title.strip() else "subject"],
        series=said["series"],
        number=said["number"],
        summary=said["preheader"],
        correction=_filled(labelled(box["label"], box["title"], language), view) if box else "",
    )
