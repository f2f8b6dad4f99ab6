"""What templates see: plain words, numbers and clean html, nothing they could reach further through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from mailer.errors import RenderError
from mailer.model.issue import (
    Contact,
    Deadline,
    Event,
    EventReport,
    Image,
    Item,
    Link,
    Person,
    Place,
    Press,
    Project,
    Quote,
    StaffChange,
)
from mailer.model.rendition import Picture
from mailer.render.dates import country_name, date_range, date_tile, long_date, weekday
from mailer.render.markdown import markdown_html, one_line, open_fields

View = dict[str, Any]


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


def where(place: Place | None, language: str) -> str:
    """A place with its country."""
    if place is None:
        return ""
    name = one_line(place.name)
    country = country_name(place.country, language) if place.country else ""
    return name if not country or name.endswith(country) else f"{name}, {country}"


def item_view(
    item: Item,
    language: str,
    phrases: Mapping[str, str],
    *,
    pictures: Mapping[str, Picture],
    public_url: str,
    defaults: MutableMapping[str, str],
) -> View:
    """One item for its template; every key is there for every kind."""
    view: View = {
        "id": item.id,
        "kind": item.kind,
        "layout": item.layout,
        "language": "",
        "direction": "",
        "notice": "",
        "lead": False,
        "rule": False,
        "title": one_line(open_fields(item.title, defaults)),
        "body": markdown_html(open_fields(item.body, defaults)),
        "image": _image(item.id, item.image, pictures, public_url),
        "links": [link_view(link) for link in item.links],
        "label": phrases.get(f"kind.{item.kind}", ""),
        "when": when(item, language),
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
    }
    return view | _special(item, language, phrases)


def link_view(link: Link) -> View:
    """A link with its words; the bare address where it has none. No link where a mail must not have one."""
    url = one_line(link.url)
    if not re.match(r"(https?://|mailto:|tel:)", url, re.IGNORECASE):
        return {"url": "", "text": one_line(link.text) or url}
    return {"url": url, "text": one_line(link.text) or re.sub(r"^(https?://|mailto:|tel:)", "", url)}


def person_view(person: Person | None) -> View:
    """Somebody to write to or to ring; {} where there is nobody."""
    if person is None:
        return {}
    return {
        "name": one_line(person.name),
        "role": ", ".join(part for part in (one_line(person.role), one_line(person.organization)) if part),
        "email": one_line(person.email),
        "phone": phone_view(person.phone),
    }


def phone_view(number: str) -> View:
    """A telephone number as it is read and as it is dialled; {} where there is none."""
    shown = one_line(number)
    return {"shown": shown, "tel": re.sub(r"[^0-9+]", "", shown)} if shown else {}


def _special(item: Item, language: str, phrases: Mapping[str, str]) -> View:
    match item:
        case Deadline():
            return _deadline(item, language, phrases)
        case Event() | EventReport():
            tile = date_tile(item.start, item.end, language)
            shown = {"days": tile.days, "month": tile.month, "year": tile.year}
            return {"where": where(item.place, language), "tile": shown}
        case StaffChange():
            return {"person": person_view(item.contact)}
        case Press():
            return {"outlet": one_line(item.outlet), "people": _people(item.people)}
        case Project():
            donor, partners = one_line(item.donor), ", ".join(one_line(name) for name in item.partners)
            return {
                "donor": phrases["donor"].format(donor=donor) if donor else "",
                "partners": phrases["partners"].format(partners=partners) if partners else "",
            }
        case Quote():
            return {"by": one_line(item.by), "role": one_line(item.role)}
        case Contact():
            return _contact(item)
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
        "person": person_view(item.contact),
    }


def _contact(item: Contact) -> View:
    website = one_line(item.website)
    url = website if re.match(r"https?://", website) else f"https://{website}"
    return {
        "person": person_view(item.person),
        "address": [one_line(line) for line in item.address],
        "phones": [phone_view(number) for number in item.phones],
        "fax": phone_view(item.fax),
        "email": one_line(item.email),
        "website": link_view(Link(url=url)) if website else {},
    }


def _people(people: Iterable[Person]) -> list[View]:
    return [person_view(person) for person in people]


def _image(item_id: str, image: Image | None, pictures: Mapping[str, Picture], public_url: str) -> View:
    if image is None:
        return {}
    picture = pictures.get(image.src)
    if picture is None:
        raise RenderError(
            f'Item "{item_id}": its picture "{image.src}" was not read.',
            "Put the picture into the issue's folder, or remove `image`.",
        )
    return {
        "src": picture_url(picture, public_url),
        "alt": "" if image.decorative else one_line(image.alt or ""),
        "ratio": picture.height / max(picture.width, 1),
        "caption": one_line(image.caption),
        "credit": one_line(image.credit),
    }
