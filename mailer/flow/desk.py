"""Each version of one issue rendered once, and each reader's personal fields."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from mailer.audience import slot_values
from mailer.config import PublicMode, Workspace, open_template
from mailer.content import IssueFile
from mailer.flow.calendar_entries import CalendarEntries
from mailer.flow.people import People
from mailer.flow.pictures import picture_address
from mailer.flow.stamps import Stamp, stamp_of
from mailer.flow.versions import Share
from mailer.message import unsubscribe_token, unsubscribe_urls, web_view_url
from mailer.model.audience import Contact, Reader
from mailer.model.rendition import Frame, Picture, Rendition, Variant, slot_in
from mailer.render import Edition, Template, edition_of, frames_of, read_template, render_variant
from mailer.render.memory import Memory


@lru_cache(maxsize=16)
def _template(
    folder: Path, language: str, shown: str, theme: str | None, _unchanged: Stamp
) -> tuple[Template, str]:
    """A template is read once for as long as its files stay as they are; the studio asks at every change.

    With the digest of all that was read.
    """
    read = read_template(folder, language, shown, theme)
    return read, _digest(
        (read.shown, read.language, read.text_links, read.theme.model_dump_json()),
        sorted(read.phrases.items()),
        sorted(read.sources.items()),
        sorted(read.files.items()),
        *(picture.model_dump_json() for picture in read.pictures),
    )


_renditions: Memory[tuple[Hashable, ...], Rendition] = Memory(256)


def _digest(*parts: object) -> str:
    """The same for the same parts; for what is written out in full."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()


class Desk:
    """Renditions and personal fields of one issue; remembers what it has worked out."""

    def __init__(
        self, workspace: Workspace, file: IssueFile, people: People, day: date, secret: bytes
    ) -> None:
        self.workspace = workspace
        self.issue = file.issue
        self.translations = file.translations
        self.people = people
        self.day = day
        self.secret = secret
        self._templates: dict[str, tuple[Template, str]] = {}
        self._phrases: dict[str, Mapping[str, str]] = {}
        self._editions: dict[Variant, Edition] = {}
        self._unchanged: Stamp | None = None
        self.entries = CalendarEntries(workspace, file, self.phrases)

    def template(self, language: str) -> Template:
        return self._read(language)[0]

    def _read(self, language: str) -> tuple[Template, str]:
        """The template, and the digest of all that it says."""
        if language not in self._templates:
            folder = self.workspace.templates / self.issue.template
            shown = self.workspace.shown(folder)
            if self._unchanged is None:
                levels = open_template(folder, shown).levels
                self._unchanged = stamp_of(*(level.path for level in levels))
            self._templates[language] = _template(folder, language, shown, self.issue.theme, self._unchanged)
        return self._templates[language]

    def reader(self, share: Share) -> Reader:
        contact, variant = share.contact, share.variant
        slots = self._slots(contact, variant.language)
        for language in self.edition(variant).languages[1:]:
            other = self._slots(contact, language)
            slots |= {slot_in(name, language): value for name, value in other.items()}
        slots |= self._addresses(contact.address, variant.key)
        return Reader(contact=contact, language=variant.language, variant=variant.key, slots=slots)

    def phrases(self, language: str) -> Mapping[str, str]:
        """The template's fixed strings in a language, and the names of States."""
        if language not in self._phrases:
            self._phrases[language] = self.countries(language) | dict(self.template(language).phrases)
        return self._phrases[language]

    def countries(self, language: str) -> dict[str, str]:
        """`country.CODE` → the State's name, for those that the register can name in that language."""
        known = self.people.registers.countries.items()
        return {f"country.{code}": name for code, country in known if (name := country.name(language))}

    @property
    def spoken(self) -> dict[str, Mapping[str, str]]:
        """The template's fixed strings in every language that a reader has met."""
        return {language: self.template(language).phrases for language in sorted(self._phrases)}

    def render(self, variant: Variant, pictures: tuple[Picture, ...]) -> Rendition:
        """A version, made anew only where something that it is made from has changed."""
        config = self.workspace.config
        edition, template = self.edition(variant), self.template(variant.language)
        address = picture_address(self.issue, self.workspace)
        entries = self.entries.addresses(edition)
        wanted = set(frames_of(edition.issue.items, template.theme).values())
        pictures = tuple(picture for picture in pictures if picture.frame in wanted)
        # Which kinds an item's fields are of is its class's to say: the template may declare it.
        kinds = (type(edition.issue), *(type(item) for item in edition.issue.items))
        digest = _digest(
            (config.public, address, config.office),
            [self._read(language)[1] for language in (variant.language, *edition.languages)],
            (
                edition.variant,
                sorted(edition.fallen_back.items()),
                sorted(edition.borrowed.items()),
                edition.personal_dates,
                edition.answer_links,
                self.has_web_view,
                sorted(entries.items()),
                edition.issue.model_dump_json(exclude={"items"}),
            ),
            *(item.model_dump_json() for item in edition.issue.items),
            *(picture.model_dump_json() for picture in pictures),
            *(sorted(self.countries(language).items()) for language in edition.languages),
        )
        key = (digest, *kinds)
        rendition = _renditions.recall(key)
        if rendition is None:
            rendition = render_variant(
                edition,
                template,
                pictures,
                config.office,
                public_url=address,
                web_view=self.has_web_view,
                phrases={language: self.phrases(language) for language in edition.languages},
                entries=entries,
            )
            _renditions.keep(key, rendition)
        return self.entries.put_into(rendition, edition)

    @property
    def has_web_view(self) -> bool:
        """Whether a copy of what is sent can be seen on the web."""
        return self.workspace.config.public is not PublicMode.NONE

    def frames(self, variants: Iterable[Variant]) -> dict[str, list[Frame]]:
        """Item → every way in which those versions show its picture."""
        frames: dict[str, dict[Frame, None]] = {}
        for variant in variants:
            theme = self.template(variant.language).theme
            for item, frame in frames_of(self.edition(variant).issue.items, theme).items():
                frames.setdefault(item, {})[frame] = None
        return {item: list(found) for item, found in frames.items()}

    def edition(self, variant: Variant) -> Edition:
        """The issue as the readers of a version get it."""
        if variant not in self._editions:
            self._editions[variant] = self.made_edition(variant)
        return self._editions[variant]

    def made_edition(self, variant: Variant) -> Edition:
        """The same, made anew."""
        return edition_of(self.issue, variant, self.translations, self.workspace.config.fallbacks)

    def _slots(self, contact: Contact, language: str) -> dict[str, str]:
        return slot_values(contact, self.people.registers, language, self.phrases(language), self.day)

    def _addresses(self, address: str, key: str) -> dict[str, str]:
        config = self.workspace.config
        name = config.newsletter.list
        token = unsubscribe_token(self.secret, name, address)
        urls = unsubscribe_urls(token, name, config.newsletter.unsubscribe, config.public, config.public_url)
        view = web_view_url(self.issue.id, key, config.public, config.public_url)
        return {"unsubscribe": urls[0], "list_unsubscribe": " ".join(urls), "web_view": view}
