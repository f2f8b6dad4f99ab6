"""Who reads which version of one issue, with which personal fields; each version rendered once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from mailer.audience import belongs, language_for, slot_values
from mailer.config import PublicMode, Workspace
from mailer.content import IssueFile
from mailer.flow.people import People
from mailer.message import unsubscribe_token, unsubscribe_urls, web_view_url
from mailer.model.audience import Contact, Reader
from mailer.model.rendition import Picture, Rendition, Variant
from mailer.render import Edition, Template, edition_of, read_template, render_variant, variant_for

Stamp = tuple[tuple[str, int, int], ...]


def _stamp(folder: Path) -> Stamp:
    """Name, size and time of every file: the same stamp is the same content."""
    found = ((file, file.stat()) for file in sorted(folder.rglob("*")))
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file, stat in found)


@lru_cache(maxsize=16)
def _template(folder: Path, language: str, shown: str, _unchanged: Stamp) -> Template:
    """A template is read once for as long as its files stay as they are; the studio asks at every change."""
    return read_template(folder, language, shown)


class Desk:
    """Variants and personal fields of one issue; remembers what it has worked out."""

    def __init__(
        self, workspace: Workspace, file: IssueFile, people: People, day: date, secret: bytes
    ) -> None:
        issue = file.issue
        self.workspace = workspace
        self.issue = issue
        self.translations = file.translations
        self.languages = (issue.language, *file.translations)
        self.people = people
        self.day = day
        self.secret = secret
        self.variants: dict[str, Variant] = {}
        self._by_view: dict[tuple[str, frozenset[str]], Variant] = {}
        self._templates: dict[str, Template] = {}
        self._scene = people.scene(day)
        self._segments = sorted({group for item in issue.items for group in item.groups})

    def template(self, language: str) -> Template:
        if language not in self._templates:
            folder = self.workspace.templates / self.issue.template
            shown = self.workspace.shown(folder)
            self._templates[language] = _template(folder, language, shown, _stamp(folder))
        return self._templates[language]

    def reader(self, contact: Contact) -> Reader:
        language = language_for(contact, self.people.registers, self.languages, self.issue.language)
        variant = self._variant(language, frozenset(s for s in self._segments if self._sees(contact, s)))
        slots = slot_values(
            contact, self.people.registers, language, self.template(language).phrases, self.day
        ) | self._addresses(contact, variant.key)
        return Reader(contact=contact, language=language, variant=variant.key, slots=slots)

    def render(self, variant: Variant, pictures: tuple[Picture, ...]) -> Rendition:
        config = self.workspace.config
        edition = self.edition(variant)
        return render_variant(
            edition,
            self.template(variant.language),
            pictures,
            config.office,
            public_url="" if config.public is PublicMode.NONE else config.public_url,
            web_view=config.public is not PublicMode.NONE,
            phrases={language: self.template(language).phrases for language in edition.languages},
        )

    def edition(self, variant: Variant) -> Edition:
        """The issue as the readers of a version get it."""
        return edition_of(self.issue, variant, self.translations, self.workspace.config.fallbacks)

    def _sees(self, contact: Contact, name: str) -> bool:
        segment = self.people.recipients.segments.get(name)
        return segment is not None and (segment.rule is None or belongs(contact, segment.rule, self._scene))

    def _variant(self, language: str, seen: frozenset[str]) -> Variant:
        if (language, seen) not in self._by_view:
            variant = variant_for(self.issue, language, seen.__contains__, self.day)
            self._by_view[language, seen] = self.variants.setdefault(variant.key, variant)
        return self._by_view[language, seen]

    def _addresses(self, contact: Contact, key: str) -> dict[str, str]:
        config = self.workspace.config
        name = config.newsletter.list
        token = unsubscribe_token(self.secret, name, contact.address)
        urls = unsubscribe_urls(token, name, config.newsletter.unsubscribe, config.public, config.public_url)
        view = web_view_url(self.issue.id, key, config.public, config.public_url)
        return {"unsubscribe": urls[0], "list_unsubscribe": " ".join(urls), "web_view": view}
