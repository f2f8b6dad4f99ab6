"""What templates see: plain words, numbers and clean html, nothing they could reach further through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping

from mailer.errors import RenderError
from mailer.model.issue import (
    Contact,
    Deadline,
    Event,
    EventReport,
    Item,
    Link,
    Person,
    Place,
    Press,
    Project,
    Quote,
    StaffChange,
)
from mailer.model.kinds import OwnItem
from mailer.model.rendition import Picture
from mailer.render.dates import country_name, date_range, date_tile, long_date, weekday
from mailer.render.fields import day_of, own_view
from mailer.render.markdown import markdown_html, one_line, open_fields
from mailer.render.marks import colon, comma
from mailer.render.people import View, link_view, person_view, phone_view

__all__ = ["DATED", "LEADING", "UNLISTED", "View", "item_view", "picture_url", "when", "where"]

UNLISTED = frozenset({"heading", "image", "quote", "links", "contact", "about", "social", "greeting"})
"""Kinds that the contents list leaves out."""
LEADING = frozenset({"article", "announcement", "event_report", "project", "press"})
"""Kinds that may lead."""
DATED = frozenset({"deadline", "event"})
"""Kinds of which the contents list says the day."""


def picture_url(picture: Picture, public_url: str) -> str:
    """Where the html finds a picture: in the message itself, or under `public_url`."""
    if not public_url:
        return f"cid:{picture.cid}"
    return f"{public_url.rstrip('/')}/pictures/{picture.file_name}"


def when(item: Item, language: str) -> str:
    """The day or days that an item is about, in words; "" where it has none."""
    match item:
        case Deadline():
            return long_date(item.due, language)
        case Event() | EventReport():
            return date_range(item.start, item.end, language)
        case Press():
            return long_date(item.published, language) if item.published else ""
        case _:
            return ""


def first_day(item: Item) -> str:
    """The day that `when` begins with, as YYYY-MM-DD; "" where it has none."""
    match item:
        case Event() | EventReport():
            return item.start.isoformat()
        case Press():
            return item.published.isoformat() if item.published else ""
        case _:
            day = day_of(item)
            return day.isoformat() if day else ""


def where(place: Place | None, language: str, phrases: Mapping[str, str]) -> str:
    """A place with its country, called as `country.CODE` among the phrases says, else as Babel does."""
    if place is None:
        return ""
    name = one_line(place.name)
    code = place.country
    country = (phrases.get(f"country.{code}") or country_name(code, language)) if code else ""
    return name if not country or name.endswith(country) else f"{name}{comma(language)}{country}"


def item_view(
    item: Item,
    language: str,
    phrases: Mapping[str, str],
    *,
    pictures: Mapping[str, Picture],
    public_url: str,
    defaults: MutableMapping[str, str],
    room: int = 0,
    entry: str = "",
) -> View:
    """One item for its template; every key is there for every kind. Its picture is at most `room` wide.

    `entry`: the address of its calendar file, where the mail links to it.
    """
    view: View = {
        "id": item.id,
        "kind": item.kind,
        "layout": item.layout,
        "language": "",
        "direction": "",
        "notice": "",
        "phrases": dict(phrases),
        "comma": comma(language),
        "colon": colon(language),
        "lead": False,
        "rule": False,
        "number": 0,
        "listed": item.kind not in UNLISTED,
        "may_lead": item.kind in LEADING,
        "dated": item.kind in DATED,
        "title": one_line(open_fields(item.title, defaults)),
        "body": markdown_html(open_fields(item.body, defaults)),
        "image": _image(item, pictures, public_url, room),
        "links": [link_view(link) for link in item.links],
        "calendar": _calendar(entry, phrases),
        "label": phrases.get(f"kind.{item.kind}", ""),
        "when": when(item, language),
        "day": first_day(item),
        "where": "",
        "weekday": "",
        "time": "",
        "tile": {},
        "reference": "",
        "outlet": "",
        "donor": "",
        "partners": "",
        "person": {},
        "people": [],
        "by": "",
        "role": "",
        "address": [],
        "phones": [],
        "fax": {},
        "email": "",
        "website": {},
        "fields": {},
    }
    if isinstance(item, OwnItem):
        return view | own_view(item, language, defaults)
    return view | _special(item, language, phrases)


def _calendar(entry: str, phrases: Mapping[str, str]) -> View:
    """The link to a calendar file; {} where there is none, and in a language that has no words for it."""
    words = phrases.get("calendar.add", "")
    return {"url": entry, "text": words} if entry and words else {}


def _special(item: Item, language: str, phrases: Mapping[str, str]) -> View:
    match item:
        case Deadline():
            return _deadline(item, language, phrases)
        case Event() | EventReport():
            tile = date_tile(item.start, item.end, language)
            shown = {"days": tile.days, "month": tile.month, "year": tile.year}
            return {"where": where(item.place, language, phrases), "tile": shown}
        case StaffChange():
            return {"person": person_view(item.contact, language)}
        case Press():
            return {"outlet": one_line(item.outlet), "people": _people(item.people, language)}
        case Project():
            donor = one_line(item.donor)
            partners = comma(language).join(one_line(name) for name in item.partners)
            return {
                "donor": phrases["donor"].format(donor=donor) if donor else "",
                "partners": phrases["partners"].format(partners=partners) if partners else "",
            }
        case Quote():
            return {"by": one_line(item.by), "role": one_line(item.role)}
        case Contact():
            return _contact(item, language)
        case _:
            return {}


def _deadline(item: Deadline, language: str, phrases: Mapping[str, str]) -> View:
    time = ""
    if item.time:
        zone = (item.timezone or "").replace("_", " ")
        time = phrases["time"].format(time=item.time, timezone=zone).replace(" ()", "").strip()
    reference = one_line(item.reference)
    return {
        "weekday": weekday(item.due, language),
        "time": time,
        "reference": phrases["reference"].format(reference=reference) if reference else "",
        "person": person_view(item.contact, language),
    }


def _contact(item: Contact, language: str) -> View:
    website = one_line(item.website)
    url = website if re.match(r"https?://", website) else f"https://{website}"
    return {
        "person": person_view(item.person, language),
        "address": [one_line(line) for line in item.address],
        "phones": [phone_view(number) for number in item.phones],
        "fax": phone_view(item.fax),
        "email": one_line(item.email),
        "website": link_view(Link(url=url)) if website else {},
    }


def _people(people: Iterable[Person], language: str) -> list[View]:
    return [person_view(person, language) for person in people]


def _image(item: Item, pictures: Mapping[str, Picture], public_url: str, room: int) -> View:
    image = item.image
    if image is None:
        return {}
    picture = pictures.get(image.src)
    if picture is None:
        raise RenderError(
            f'Item "{item.id}": its picture "{image.src}" was not read.',
            "Put the picture into the issue's folder, or remove `image`.",
        )
    width = min(room or picture.width, picture.width)
    return {
        "src": picture_url(picture, public_url),
        "width": width,
        "height": max(1, round(width * picture.height / max(picture.width, 1))),
        "narrow": width < room,
        "alt": "" if image.decorative else one_line(image.alt or ""),
        "ratio": picture.height / max(picture.width, 1),
        "caption": one_line(image.caption),
        "credit": one_line(image.credit),
    }
