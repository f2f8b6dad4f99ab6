"""The text part, made from the items themselves, never from the html."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailer.config import Office
from mailer.model.base import Language
from mailer.model.issue import Deadline, Event, Image, Issue, Item
from mailer.model.rendition import url_slot
from mailer.render.dates import language_name, long_date
from mailer.render.edition import Edition
from mailer.render.markdown import one_line, open_fields
from mailer.render.phrasing import numbered, salutation, why
from mailer.render.plain import body_lines, linked, wrap
from mailer.render.template import Template
from mailer.render.view import View, item_view, link_view


def render_text(
    edition: Edition,
    template: Template,
    office: Office,
    *,
    web_view: bool = False,
    phrases: Mapping[Language, Mapping[str, str]] | None = None,
) -> str:
    """The text part of a version, 72 columns wide, personal fields open, no line over 998 octets.

    What is due and what is on stands at the top. Only addresses run past the width.
    """
    issue, own = edition.issue, edition.variant.language
    items = issue.items
    spoken = dict(phrases or {}) | {own: template.phrases}
    writers = {language: _Writer(spoken[language], language) for language in edition.languages}
    writer = writers[own]
    blocks = [
        writer.head(issue),
        wrap(salutation([open_fields(item.body, {}) for item in items], template.phrases)),
        writer.dates(items),
        *(_item(edition, item, writers) for item in items),
        writer.foot(issue, office, web_view),
    ]
    return "\n\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _item(edition: Edition, item: Item, writers: Mapping[Language, _Writer]) -> list[str]:
    """An item in its language, which is announced where it is not the reader's."""
    own = edition.variant.language
    language = edition.fallen_back.get(item.id, own)
    lines = writers[language].item(item)
    if language == own:
        return lines
    notice = writers[own].phrases["fallback"].format(language=language_name(language, own))
    return [*wrap(f"[{notice}]"), *lines]


class _Writer:
    """Writes the parts of a letter in one language."""

    def __init__(self, phrases: Mapping[str, str], language: Language) -> None:
        self.phrases = phrases
        self.language = language

    def head(self, issue: Issue) -> list[str]:
        series, title = _words(issue.series), _words(issue.title)
        number = numbered(issue.number, self.phrases)
        date = long_date(issue.date, self.language)
        lines = [*wrap(" · ".join(part for part in (series, number) if part)), date]
        return [*lines, "", *marked(title, "=")] if title else [*marked(lines[0], "="), *lines[1:]]

    def dates(self, items: Iterable[Item]) -> list[str]:
        rows = [item for item in items if isinstance(item, Deadline | Event)]
        rows.sort(key=lambda item: item.due if isinstance(item, Deadline) else item.start)
        if not rows:
            return []
        lines = [*marked(self.phrases["dates"], "-")]
        for item in rows:
            view = self.view(item)
            label = f"{self.phrases['action_by']} " if isinstance(item, Deadline) else ""
            words = f"{label}{view['when']}: {view['title'] or view['label']}"
            lines += wrap(f"{words}, {view['where']}" if view["where"] else words, "* ", "  ")
        return lines

    def view(self, item: Item) -> View:
        """The words of an item, as the html has them; its picture and body are written here."""
        bare = item.model_copy(update={"image": None, "body": ""})
        return item_view(bare, self.language, self.phrases, pictures={}, public_url="", defaults={})

    def item(self, item: Item) -> list[str]:
        view = self.view(item)
        title = str(view["title"])
        if item.kind == "heading":
            return marked(title.upper(), "=")
        parts = [
            marked(title, "-") if title else [],
            self.facts(item, view),
            self.picture(item.image),
            self.quote(item) if item.kind == "quote" else body_lines(open_fields(item.body, {})),
            self.people(view),
            self.card(view),
            [line for link in item.links for line in self.link(link_view(link))],
        ]
        return list(_spaced(parts))

    def facts(self, item: Item, view: View) -> list[str]:
        """What the html shows in labels, tiles and bars."""
        words: list[str] = []
        if item.kind == "deadline":
            due = ", ".join(part for part in (view["weekday"], view["when"], view["time"]) if part)
            words = [f"{self.phrases['action_by']}: {due}", view["reference"]]
        elif item.kind in ("event", "event_report", "press", "project"):
            line = [view["label"], view["outlet"], view["when"], view["where"]]
            words = [" · ".join(part for part in line if part), view["donor"], view["partners"]]
        return [line for part in words if part for line in wrap(part)]

    def picture(self, image: Image | None) -> list[str]:
        if image is None:
            return []
        alt = "" if image.decorative else one_line(image.alt or "")
        caption, credit = one_line(image.caption), one_line(image.credit)
        words = " — ".join(part for part in (alt, f"© {credit}" if credit else "") if part)
        lines = wrap(self.phrases["picture"].format(alt=words), "[", " ") if words else []
        if lines:
            lines[-1] += "]"
        return [*lines, *wrap(caption)]

    def quote(self, item: Item) -> list[str]:
        view = self.view(item)
        by = ", ".join(part for part in (view["by"], view["role"]) if part)
        lines = [f"> {line}".rstrip() for line in body_lines(open_fields(item.body, {}), width=70)]
        return [*lines, *(wrap(f"— {by}") if by else [])]

    def people(self, view: View) -> list[str]:
        found = [*view["people"], *([view["person"]] if view["person"] else [])]
        return [line for person in found for line in wrap(self.person(person), "- ", "  ")]

    def person(self, person: View) -> str:
        parts = [person["name"], person["role"], person["email"], person["phone"].get("shown", "")]
        return ", ".join(part for part in parts if part)

    def card(self, view: View) -> list[str]:
        lines = list(view["address"])
        for label, values in (
            ("view.phone", [phone["shown"] for phone in view["phones"]]),
            ("view.fax", [view["fax"].get("shown", "")]),
            ("view.email", [view["email"]]),
            ("view.website", [view["website"].get("url", "")]),
        ):
            lines += [f"{self.phrases[label]}: {value}" for value in values if value]
        return [line for words in lines for line in wrap(words)]

    def link(self, link: View) -> list[str]:
        return wrap(linked(link["text"], link["url"]), "> ", "  ")

    def foot(self, issue: Issue, office: Office, web_view: bool) -> list[str]:
        lines = [
            "-" * 72,
            *wrap(one_line(office.name)),
            *wrap(one_line(office.postal_address)),
            *wrap(one_line(office.website)),
            "",
            *wrap(why(issue, office, self.phrases)),
        ]
        if issue.message_class == "newsletter":
            lines += [f"{self.phrases['unsubscribe']}:", url_slot("unsubscribe")]
        if web_view:
            lines += [f"{self.phrases['web_view']}:", url_slot("web_view")]
        return lines


def marked(title: str, sign: str) -> list[str]:
    """A heading with a line of signs under it."""
    lines = wrap(title)
    return [*lines, sign * min(72, max((len(line) for line in lines), default=0))] if lines else []


def _words(text: str) -> str:
    return one_line(open_fields(text, {}))


def _spaced(parts: Iterable[list[str]]) -> Iterator[str]:
    """The parts that are not empty, with an empty line between them; none right under a heading."""
    for number, part in enumerate(part for part in parts if part):
        if number > 1:
            yield ""
        yield from part
