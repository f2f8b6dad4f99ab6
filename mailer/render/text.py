"""The text part, made from the items themselves, never from the html."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailer.config import Office
from mailer.model.base import Language
from mailer.model.issue import Issue, Item
from mailer.model.rendition import ANSWERS, text_slot, url_slot
from mailer.render.dates import long_date
from mailer.render.edition import Edition
from mailer.render.fields import day_label, day_of
from mailer.render.markdown import close_fields, one_line, open_fields
from mailer.render.marks import labelled
from mailer.render.measure import WIDTH, wrap
from mailer.render.phrasing import numbered, salutation, why
from mailer.render.rows import contents_of, number_items, opening_of, parted
from mailer.render.template import Template
from mailer.render.text_items import NO_ENTRIES, ItemWriter, marked
from mailer.render.text_links import TextLinks
from mailer.render.view import View
from mailer.source import language_name

MASTHEAD = "masthead.mjml.j2"
CONTENTS = "contents.mjml.j2"
FEWEST = 3
"""Items that make a list of contents worth having."""


def render_text(
    edition: Edition,
    template: Template,
    office: Office,
    *,
    web_view: bool = False,
    phrases: Mapping[Language, Mapping[str, str]] | None = None,
    entries: Mapping[str, str] = NO_ENTRIES,
    for_everybody: bool = False,
) -> str:
    """The text part of a version, 72 columns wide, personal fields open, no line over 998 octets.

    What is due and what is on stands at the top. Only addresses run past the width; the template says
    whether they stand behind their words or numbered at the end. `for_everybody` leaves out what only those can
    use who were written to: the opening line, why they get it, and how to leave.
    """
    spoken = {edition.variant.language: template.phrases} | dict(phrases or {})
    letter = _Letter(edition, spoken, TextLinks(numbered=template.text_links == "numbered"), entries)
    masthead = _bare(template, MASTHEAD)
    head = letter.head(with_series=not masthead or "series" in masthead)
    # A notice has no list of contents, and says so by an empty file.
    return letter.text(
        office,
        head,
        web_view=web_view,
        with_contents=bool(_bare(template, CONTENTS)),
        for_everybody=for_everybody,
    )


def _bare(template: Template, name: str) -> str:
    """A file of the template without its comments; "" where there is none."""
    return re.sub(r"\{#.*?#\}", "", template.sources.get(name, ""), flags=re.DOTALL).strip()


class _Letter:
    """The parts of a letter, in the reader's language, around items that may be in another."""

    def __init__(
        self,
        edition: Edition,
        spoken: Mapping[Language, Mapping[str, str]],
        links: TextLinks,
        entries: Mapping[str, str],
    ) -> None:
        self.edition = edition
        self.issue: Issue = edition.issue
        self.language = edition.variant.language
        self.phrases = spoken[self.language]
        self.links = links
        self.writers = {
            language: ItemWriter(spoken[language], language, links, entries) for language in edition.languages
        }

    def text(
        self, office: Office, head: list[str], *, web_view: bool, with_contents: bool, for_everybody: bool
    ) -> str:
        """All of it, below its head."""
        wrong, views = parted([self.view(item) for item in self.issue.items])
        opening = opening_of(views)
        listed = [view for view in views if view is not opening]
        contents = self.contents(listed) if with_contents else []
        named = {item.id: item for item in self.issue.items}
        items = [self.item(named[view["id"]], view) for view in views]
        blocks = [
            head,
            *(["=" * WIDTH, *self.item(named[view["id"]], view), "=" * WIDTH] for view in wrong),
            self.dates(),
            [] if for_everybody else wrap(salutation([view["body"] for view in views], self.phrases)),
            *(items[:1] if opening else []),
            contents,
            *(items[1:] if opening else items),
            self.answers(),
            self.addresses(),
            self.office(office) if for_everybody else self.foot(office, web_view),
        ]
        lines = "\n\n\n".join("\n".join(block) for block in blocks if block).split("\n")
        return "\n".join(line.rstrip(" \t") for line in lines) + "\n"

    def head(self, *, with_series: bool) -> list[str]:
        """Whose letter it is, its title, and what an official message must have: number, day, to whom.

        As in the html, series and number are left out where the template's masthead does not show them.
        """
        issue = self.issue
        series, title, reference, addressees = (
            one_line(open_fields(words, {}))
            for words in (issue.series, issue.title, issue.reference, issue.addressees)
        )
        over = " · ".join(part for part in (series, numbered(issue.number, self.phrases)) if part)
        facts = [
            self.fact("head.reference", reference),
            self.fact("head.date", self.date()),
            self.fact("head.to", addressees),
            self.due(),
        ]
        facts = [line for fact in facts for line in wrap(fact, "", "  ")]
        shown = wrap(over) if with_series else []
        return [*shown, *facts, "", *marked(title, "=")] if title else [*marked(over, "="), *facts]

    def fact(self, label: str, words: str) -> str:
        """The words, behind their label where the template has one."""
        if words and label in self.phrases:
            return labelled(self.phrases[label], words, self.language)
        if words and label == "head.reference":
            return self.phrases["reference"].replace("{reference}", words)
        return words

    def date(self) -> str:
        """The day of the letter; open, where each reader has a day of their own."""
        if self.edition.personal_dates:
            return text_slot("date")
        return long_date(self.issue.date, self.language)

    def due(self) -> str:
        """The reader's own last day; "" where the list of dates names what is due."""
        if not self.edition.personal_dates:
            return ""
        due = f"{text_slot('due')} – {text_slot('days_left')}"
        return labelled(self.phrases["action_by"], due, self.language)

    def dates(self) -> list[str]:
        """What is due and what is on, in order of time."""
        rows = [(on, item) for item in self.issue.items if (on := day_of(item)) is not None]
        rows.sort(key=lambda row: row[0])
        lines = marked(self.phrases["dates"], "-") if rows else []
        own = self.writers[self.language]
        for _, item in rows:
            view, there = own.view(item), self.writer(item).view(item)
            when = own.joined((own.day(item), view["time"]))
            label = self.phrases["action_by"] if item.kind == "deadline" else day_label(item, self.language)
            day = labelled(label, when, self.language) if label else when
            what = own.joined((there["title"] or there["label"], there["where"]))
            lines += wrap(f"{day} · {what}" if what else day, "* ", "  ")
        return lines

    def contents(self, views: Sequence[View]) -> list[str]:
        """The titles, with the numbers that the items then bear: there is nothing to click on."""
        if len(contents_of(views)) < FEWEST:
            return []
        number_items(views)
        lines = marked(self.phrases["contents"], "-")
        for entry in contents_of(views):
            words = " · ".join(part for part in (entry["title"], entry["when"]) if part)
            lines += wrap(words, f"{entry['number']}. ".rjust(4), "    ")
        return lines

    def item(self, item: Item, view: View) -> list[str]:
        """An item in its language, which is announced where it is not the reader's."""
        writer = self.writer(item)
        lines = writer.write(item, view["number"])
        if writer.language == self.language:
            return lines
        name = language_name(writer.language, self.language)
        return [*wrap(f"[{self.phrases['fallback'].format(language=name)}]"), *lines]

    def writer(self, item: Item) -> ItemWriter:
        return self.writers[self.edition.fallen_back.get(item.id, self.language)]

    def view(self, item: Item) -> View:
        """As the html lays it out: `rows` decides by it what opens the letter and what the contents name."""
        view = self.writer(item).view(item)
        return view | {"body": close_fields(open_fields(item.body, {})), "image": bool(item.image)}

    def answers(self) -> list[str]:
        """The ready answers to a reminder, each with its reader's own address."""
        if not self.edition.answer_links:
            return []
        words = ((self.phrases[name.replace("_", ".", 1)], f"<{url_slot(name)}>") for name in ANSWERS)
        return [line for said, url in words for line in wrap(f"{said} {url}", "* ", "  ")]

    def addresses(self) -> list[str]:
        listing = self.links.listing()
        return [*marked(self.phrases["links"], "-"), *listing] if listing else []

    def office(self, office: Office) -> list[str]:
        """Whose letter it is, and where that is."""
        lines = (office.name, office.postal_address, office.website)
        return ["-" * WIDTH, *(line for words in lines for line in wrap(one_line(words)))]

    def foot(self, office: Office, web_view: bool) -> list[str]:
        lines = [*self.office(office), "", *wrap(why(self.issue, office, self.phrases))]
        if self.issue.message_class == "newsletter":
            lines += [
                labelled(self.phrases["unsubscribe"], "", self.language).rstrip(),
                url_slot("unsubscribe"),
            ]
        if web_view:
            lines += [labelled(self.phrases["web_view"], "", self.language).rstrip(), url_slot("web_view")]
        return lines
