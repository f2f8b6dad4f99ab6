"""The calendar files of one issue, as its versions attach them or link to them; each is made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from mailer.config import PublicMode, Workspace
from mailer.content import IssueFile
from mailer.content.calendar_record import PublishedEntry, read_published, sequence_of
from mailer.model.base import Language, Slug
from mailer.model.issue import Deadline, Event
from mailer.model.rendition import Attachment, CalendarEntry, Rendition
from mailer.render import Edition, calendar_text, general_wording, in_words, what_counts

CALENDAR = "calendar"
"""The folder, below `public_url`, of calendar files."""
MEDIA_TYPE = "text/calendar; method=PUBLISH"
Dated = Event | Deadline


class CalendarEntries:
    """Calendar files of one issue. `phrases` gives a language's fixed strings and the names of States."""

    def __init__(
        self, workspace: Workspace, file: IssueFile, phrases: Callable[[Language], Mapping[str, str]]
    ) -> None:
        self.issue = file.issue
        self.translations = file.translations
        self._folder: Path = file.folder
        self._root = workspace.root
        self._phrases = phrases
        config = workspace.config
        sender = file.issue.sender or config.sender
        self._domain = sender.email.rpartition("@")[2]
        on_the_web = config.public is not PublicMode.NONE
        self._base = f"{config.public_url.rstrip('/')}/{CALENDAR}/{self.issue.id}" if on_the_web else ""
        self._made: dict[tuple[Slug, Language, int | None], Attachment] = {}

    def addresses(self, edition: Edition) -> dict[Slug, str]:
        """Item → address of its calendar file, for those that the version links to."""
        if not self._base:
            return {}
        return {
            item.id: f"{self._base}/{linked_name(item.id, language)}"
            for item, language in self._dated(edition)
            if item.calendar == "link"
        }

    def put_into(self, rendition: Rendition, edition: Edition) -> Rendition:
        """The rendition with the dates that its readers see, and the calendar files that it attaches or links to."""
        wordings = dict(edition.variant.wordings)
        dated = list(self._dated(edition))
        attached = [
            self.entry(item.id, language, wordings.get(item.id)).model_copy(update={"name": f"{item.id}.ics"})
            for item, language in dated
            if item.calendar == "attach"
        ]
        linked = [
            self.general(item.id, language)
            for item, language in dated
            if item.calendar == "link" and self._base
        ]
        if not dated:
            return rendition
        found = {
            "attachments": (*rendition.attachments, *attached),
            "linked": tuple(linked),
            "dates": tuple(self._noted(item.id, language) for item, language in dated),
        }
        return rendition.model_copy(update=found)

    def general(self, item_id: Slug, language: Language) -> Attachment:
        """The same as `entry`, in the words of everybody outside the groups: as anybody may find it on the web."""
        return self.entry(item_id, language, general_wording(self.issue.item(item_id)))

    def entry(self, item_id: Slug, language: Language, wording: int | None = None) -> Attachment:
        """The calendar file of an event or deadline that has words in that language, in one of its wordings.

        TypeError where the item is neither.
        """
        key = item_id, language, wording
        if key not in self._made:
            item, noted = self._item(item_id, language), self._noted(item_id, language)
            worded = in_words(item, wording)
            assert isinstance(worded, Dated)
            phrases = self._phrases(language)
            self._made[key] = Attachment(
                name=linked_name(item_id, language),
                media_type=MEDIA_TYPE,
                content=calendar_text(
                    worded, self.issue, language, phrases, self._domain, sequence=noted.sequence
                ),
                entry=noted,
            )
        return self._made[key]

    def _noted(self, item_id: Slug, language: Language) -> CalendarEntry:
        counts = self._counts(item_id)
        sequence = sequence_of(self._published.get(item_id), counts)
        return CalendarEntry(item=item_id, language=language, sequence=sequence, counts=counts[language])

    @cached_property
    def _published(self) -> Mapping[Slug, PublishedEntry]:
        return read_published(self._folder, self.issue.id, self._root)

    def _counts(self, item_id: Slug) -> dict[Language, str]:
        """Language → digest of what counts, in every language that the item has words in."""
        languages = [self.issue.language]
        languages += [tag for tag, one in self.translations.items() if item_id in one.items]
        return {tag: what_counts(self._item(item_id, tag)) for tag in languages}

    def _item(self, item_id: Slug, language: Language) -> Dated:
        source = language == self.issue.language
        item = self.issue.item(item_id) if source else self.translations[language].items[item_id].item
        if not isinstance(item, Dated):
            raise TypeError(f"{item_id} is of kind {type(item).__name__}")
        return item

    def _dated(self, edition: Edition) -> Iterator[tuple[Dated, Language]]:
        """Events and deadlines that the version's readers see, each with the language that it stands in."""
        for item in edition.issue.items:
            if isinstance(item, Dated):
                yield item, edition.fallen_back.get(item.id, edition.variant.language)


def linked_name(item_id: Slug, language: Language) -> str:
    """What a calendar file is called on the web: `save-the-date.ru.ics`."""
    return f"{item_id}.{language}.ics"
