"""An issue: one number of a newsletter, as its author wrote it."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, field_validator, model_validator

from mailer.model.base import CountryCode, Language, Noun, Slug
from mailer.model.body import Body

Layout = Literal["wide", "half", "side"]
MessageClass = Literal["newsletter", "notice"]
CalendarFile = Annotated[
    Literal["attach", "link", "none"],
    BeforeValidator(lambda value: "none" if value in (False, "no") else value),
]
"""attach: it comes with the mail; link: the mail links to it where `public` answers; none: neither."""
YesNo = Annotated[bool, BeforeValidator(lambda value: {"yes": True, "no": False}.get(value, value))]
"""YAML 1.2 reads `yes` and `no` as words."""


class Link(Noun):
    """An address with the words that carry it."""

    url: str
    """https://…, mailto:… or tel:…"""
    text: str = ""
    """What the reader sees and clicks."""


class Image(Noun):
    """A picture with what must be said about it."""

    src: str
    """Path inside the issue's folder, such as images/argali.jpg."""
    alt: str | None = None
    """What the picture shows, for those who do not see it."""
    decorative: bool = False
    """True where the picture says nothing that the text does not."""
    caption: str = ""
    credit: str = ""
    """Who made it, without the © sign."""
    rights: str = ""
    """The licence or permission under which it may be used."""
    ratio: Annotated[str, Field(pattern=r"^[1-9]\d?:[1-9]\d?$")] | None = None
    """Width to height that it is cut to, such as "3:2"; uncut where left out."""
    focus: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]] = (0.5, 0.5)
    """The point that cutting keeps in view: shares of the width from the left and of the height from the top."""


class Person(Noun):
    """Somebody named in an item."""

    name: str
    role: str = ""
    organization: str = ""
    email: str = ""
    phone: str = ""


class Place(Noun):
    """Where something happens."""

    name: str
    country: CountryCode | None = None


class Wording(Noun):
    """Other words of an item for some of its readers."""

    for_: Annotated[Slug | None, Field(alias="for")] = None
    """The group that reads them; everybody else where left out, which only the last may."""
    title: str | None = None
    """The item's own where left out."""
    body: Body | None = None
    """Markdown; the item's own where left out."""


class ItemBase(Noun):
    """What every item has."""

    id: Slug
    """Names the item within its issue; kept when the text changes."""
    title: str = ""
    body: Body = ""
    """Markdown."""
    image: Image | None = None
    links: tuple[Link, ...] = ()
    show_to: Slug | None = None
    """The group that sees this item; everybody where it is left out."""
    lead_for: Slug | None = None
    """The group for which this item comes first; all others read it in its place."""
    wording: tuple[Wording, ...] = ()
    """Other words for some groups: the first that fits a reader counts, the item's own where none does."""
    layout: Layout = "wide"
    """wide: the full width; half: beside the next half item; side: a small box."""
    expires: Date | None = None
    """The last day on which the item may still be sent."""
    archive: YesNo = True
    """Whether the item stands in the archive on the web too."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group that decides what a reader sees of this item, once each."""
        named = (self.show_to, self.lead_for, *(wording.for_ for wording in self.wording))
        return tuple(dict.fromkeys(name for name in named if name))

    @model_validator(mode="after")
    def _everybody_comes_last(self) -> Self:
        if any(wording.for_ is None for wording in self.wording[:-1]):
            raise ValueError("only the last wording may leave out `for`: those after it are never read")
        return self


class Article(ItemBase):
    """A piece of news."""

    kind: Literal["article"]


class Announcement(ItemBase):
    """Something readers should know or do."""

    kind: Literal["announcement"]


class Event(ItemBase):
    """Something to come, to be put into the calendar."""

    kind: Literal["event"]
    start: Annotated[Date, Field(description="The first day, or the only one.")]
    end: Date | None = None
    """The last day, included; the start day where left out."""
    place: Place | None = None
    calendar: CalendarFile = "link"
    """What the mail does with its calendar file."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Event:
        return _range_in_order(self)


class Deadline(ItemBase):
    """Something owed by a day."""

    kind: Literal["deadline"]
    due: Annotated[Date, Field(description="The last day on which it can be done.")]
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    """HH:MM in `timezone`."""
    timezone: str | None = None
    """An IANA zone such as Europe/Berlin."""
    reference: str = ""
    """The number of the notification that announced it."""
    contact: Person | None = None
    calendar: CalendarFile = "link"
    """What the mail does with its calendar file."""


class EventReport(ItemBase):
    """What came of a meeting."""

    kind: Literal["event_report"]
    start: Annotated[Date, Field(description="The first day, or the only one.")]
    end: Date | None = None
    place: Place | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> EventReport:
        return _range_in_order(self)


class StaffChange(ItemBase):
    """Who left, who came, whom to ask meanwhile."""

    kind: Literal["staff_change"]
    contact: Person | None = None


class Greeting(ItemBase):
    """Good wishes."""

    kind: Literal["greeting"]


class Press(ItemBase):
    """What others published about us."""

    kind: Literal["press"]
    outlet: str = ""
    published: Date | None = None
    people: tuple[Person, ...] = ()


class Project(ItemBase):
    """Work under way, and who pays for it."""

    kind: Literal["project"]
    donor: str = ""
    partners: tuple[str, ...] = ()


class Heading(ItemBase):
    """A heading over the items that follow."""

    kind: Literal["heading"]

    @model_validator(mode="after")
    def _stays_over_its_items(self) -> Heading:
        if self.lead_for is not None:
            raise ValueError("a heading cannot lead: it would leave its items behind; give them `lead_for`")
        return self


class ImageItem(ItemBase):
    """A picture on its own."""

    kind: Literal["image"]

    @model_validator(mode="after")
    def _has_its_image(self) -> ImageItem:
        if self.image is None:
            raise ValueError("an item of kind image needs its `image`")
        return self


class Quote(ItemBase):
    """Words of somebody else."""

    kind: Literal["quote"]
    by: str = ""
    role: str = ""


class Links(ItemBase):
    """A list of addresses worth a visit."""

    kind: Literal["links"]


class Contact(ItemBase):
    """How to reach the office."""

    kind: Literal["contact"]
    person: Person | None = None
    address: tuple[str, ...] = ()
    """Postal address, a line an entry."""
    phones: tuple[str, ...] = ()
    fax: str = ""
    email: str = ""
    website: str = ""


class About(ItemBase):
    """A standing text about the initiative or the office."""

    kind: Literal["about"]


class Social(ItemBase):
    """Where else the office can be followed; one link an account."""

    kind: Literal["social"]


Item = Annotated[
    Article
    | Announcement
    | Event
    | Deadline
    | EventReport
    | StaffChange
    | Greeting
    | Press
    | Project
    | Heading
    | ImageItem
    | Quote
    | Links
    | Contact
    | About
    | Social,
    Field(discriminator="kind"),
]

KINDS = (
    "article",
    "announcement",
    "event",
    "deadline",
    "event_report",
    "staff_change",
    "greeting",
    "press",
    "project",
    "heading",
    "image",
    "quote",
    "links",
    "contact",
    "about",
    "social",
)


class Sender(Noun):
    """Who the message is from, and where answers go."""

    name: str
    email: str
    reply_to: str = ""


class Issue(Noun):
    """One number of a newsletter: its head and its items, in reading order."""

    id: Slug
    """Never changes and is never used again: nobody gets the same id twice."""
    series: str
    """The newsletter's name."""
    number: str = ""
    title: str = ""
    """The headline of the whole issue, if it has one."""
    date: Annotated[Date, Field(description="The planned day of sending; content, groups and checks use it.")]
    authors: tuple[str, ...] = ()
    """Those who wrote it and may not approve it."""
    language: Language = "en"
    subject: str = ""
    preheader: str = ""
    """The line that inboxes show after the subject."""
    reference: str = ""
    """The number of an official message, such as 2016/035."""
    addressees: str = ""
    """To whom an official message goes, in words: "National Focal Points of CMS Parties"."""
    sender: Sender | None = None
    """The workspace's sender where left out."""
    template: Slug = "newsletter"
    theme: Slug | None = None
    """One of the template's themes; its own theme.yaml where left out."""
    images: Literal["hosted", "embedded"] | None = None
    """Where pictures are: under `public_url`, or in the message. Hosted where `public` answers, if left out."""
    message_class: MessageClass = "newsletter"
    send_from: Date | None = None
    send_until: Date | None = None
    """The days between which an approval holds."""
    items: tuple[Item, ...]

    @field_validator("series")
    @classmethod
    def _has_a_name(cls, series: str) -> str:
        if not series.strip():
            raise ValueError("is empty; write the newsletter's name")
        return series

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Issue:
        seen: set[str] = set()
        for item in self.items:
            if item.id in seen:
                raise ValueError(f'two items have the id "{item.id}"; give one of them another')
            seen.add(item.id)
        return self

    def item(self, item_id: str) -> ItemBase:
        """Return the item with that id; KeyError where there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)


_Ranged = TypeVar("_Ranged", Event, EventReport)


def _range_in_order(item: _Ranged) -> _Ranged:
    if item.end is not None and item.end < item.start:
        raise ValueError(f"ends ({item.end}) before it starts ({item.start})")
    return item
