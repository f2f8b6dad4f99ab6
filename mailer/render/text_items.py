"""One item as lines of plain text: its words in the order in which the html has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mailer.model.base import Language
from mailer.model.issue import Image, Item
from mailer.model.kinds import OwnItem
from mailer.render.dates import direction, full_date
from mailer.render.fields import day_of, own_bodies, own_facts
from mailer.render.markdown import one_line, open_fields
from mailer.render.marks import comma, labelled
from mailer.render.measure import WIDTH, columns, wrap
from mailer.render.plain import body_lines
from mailer.render.text_links import TextLinks
from mailer.render.view import View, item_view

NO_BREAK = "\u00a0"
NO_ENTRIES: Mapping[str, str] = {}
TO_THE_RIGHT = "\u200e"
"""Keeps the sign + before its number where words run to the left."""


def marked(title: str, sign: str) -> list[str]:
    """A heading with a line of signs under it."""
    lines = wrap(title)
    return [*lines, sign * min(WIDTH, max(columns(line) for line in lines))] if lines else []


def spaced(parts: Iterable[list[str]]) -> Iterator[str]:
    """The parts that are not empty, with an empty line between them; none right under a heading."""
    for number, part in enumerate(part for part in parts if part):
        if number > 1:
            yield ""
        yield from part


class ItemWriter:
    """Writes items in one language."""

    def __init__(
        self,
        phrases: Mapping[str, str],
        language: Language,
        links: TextLinks,
        entries: Mapping[str, str] = NO_ENTRIES,
    ) -> None:
        self.phrases = phrases
        self.language = language
        self.links = links
        self.entries = entries
        self.comma = comma(language)
        self._views: dict[str, View] = {}

    def view(self, item: Item) -> View:
        """The words of an item, as the html has them; its picture and body are written here."""
        if item.id not in self._views:
            bare = item.model_copy(update={"image": None, "body": ""})
            self._views[item.id] = item_view(
                bare,
                self.language,
                self.phrases,
                pictures={},
                public_url="",
                defaults={},
                entry=self.entries.get(item.id, ""),
            )
        return self._views[item.id]

    def day(self, item: Item) -> str:
        """When an item is: its days, or its one day with the weekday where it has one."""
        view, on = self.view(item), day_of(item)
        return full_date(on, self.language) if on and view["weekday"] else str(view["when"])

    def write(self, item: Item, number: int = 0) -> list[str]:
        """All of an item, with its number in the list of contents."""
        view = self.view(item)
        title = f"{number}. {view['title']}" if number else view["title"]
        parts = [
            marked(title, "=" if item.kind == "heading" else "-"),
            self._facts(item, view),
            self._picture(item.image),
            self._quote(item, view) if item.kind == "quote" else self._body(item),
            *(own_bodies(item, view["fields"], self.links, WIDTH) if isinstance(item, OwnItem) else []),
            self._people(view),
            self._card(view),
            [line for link in view["links"] for line in self._link(link)],
            self._link(view["calendar"]) if view["calendar"] else [],
        ]
        return list(spaced(parts))

    def joined(self, parts: Iterable[object]) -> str:
        """Those that are not empty, with commas."""
        return self.comma.join(str(part) for part in parts if part)

    def _facts(self, item: Item, view: View) -> list[str]:
        """What the html shows in labels, tiles and bars."""
        if isinstance(item, OwnItem):
            return [*wrap(view["label"]), *own_facts(view["fields"], self.language, self.links)]
        if item.kind == "deadline":
            due = self.joined((self.day(item), view["time"]))
            words = [labelled(self.phrases["action_by"], due, self.language), view["reference"]]
        else:
            line = (view["label"], view["outlet"], view["when"], view["where"])
            words = [" · ".join(part for part in line if part), view["donor"], view["partners"]]
        return [line for part in words for line in wrap(part)]

    def _picture(self, image: Image | None) -> list[str]:
        if image is None:
            return []
        alt = "" if image.decorative else one_line(image.alt or "")
        caption, credit = one_line(image.caption), one_line(image.credit)
        lines = wrap(self.phrases["picture"].replace("{alt}", alt), "[", " ", WIDTH - 1) if alt else []
        if lines:
            lines[-1] += "]"
        by = self.phrases["photo_by"].replace("{credit}", credit) if credit else ""
        return [*lines, *wrap(" ".join(part for part in (caption, by) if part))]

    def _body(self, item: Item, width: int = WIDTH) -> list[str]:
        return body_lines(open_fields(item.body, {}), width, self.links)

    def _quote(self, item: Item, view: View) -> list[str]:
        by = self.joined((view["by"], view["role"]))
        lines = [f"> {line}".rstrip() for line in self._body(item, WIDTH - 2)]
        return [*lines, *(wrap(f"— {by}", "", "  ") if by else [])]

    def _people(self, view: View) -> list[str]:
        """A list of people, or the one who signs or has news."""
        listed = [line for person in view["people"] for line in wrap(self._person(person), "- ", "  ")]
        return [*listed, *(wrap(self._person(view["person"]), "", "  ") if view["person"] else [])]

    def _person(self, person: View) -> str:
        return self.joined((person["name"], person["role"], person["email"], self._number(person["phone"])))

    def _number(self, phone: View) -> str:
        """A telephone number that no line end parts and no Arabic line turns round."""
        shown = str(phone.get("shown", "")).replace(" ", NO_BREAK)
        return TO_THE_RIGHT + shown if shown and direction(self.language) == "rtl" else shown

    def _card(self, view: View) -> list[str]:
        lines = list(view["address"])
        for label, values in (
            ("view.phone", [self._number(phone) for phone in view["phones"]]),
            ("view.fax", [self._number(view["fax"])]),
            ("view.email", [view["email"]]),
            ("view.website", [view["website"].get("url", "")]),
        ):
            lines += [labelled(self.phrases[label], value, self.language) for value in values if value]
        return [line for words in lines for line in wrap(words)]

    def _link(self, link: View) -> list[str]:
        return wrap(self.links.linked(link["text"], link["url"]), "* ", "  ")
