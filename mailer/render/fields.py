"""The declared fields of an own kind, for its template and for the text part."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from markupsafe import Markup, escape

from mailer.model.issue import Deadline, Event, ItemBase, Link, Person
from mailer.model.kinds import FieldDeclaration, OwnItem, label_in
from mailer.render.dates import locale_for, long_date, weekday
from mailer.render.markdown import markdown_html, one_line, open_fields
from mailer.render.marks import comma, labelled
from mailer.render.measure import wrap
from mailer.render.people import View, link_view, person_view
from mailer.render.plain import body_lines
from mailer.render.text_links import TextLinks


def own_view(item: OwnItem, language: str, defaults: MutableMapping[str, str]) -> View:
    """What an item of a declared kind adds to every item's view: `fields`, its label and its day."""
    declared = item.declaration
    fields = {
        name: _view(field, item.value(name), language, defaults) for name, field in declared.fields.items()
    }
    view: View = {
        "label": one_line(label_in(declared.label, language)),
        "listed": declared.listed,
        "may_lead": declared.may_lead,
        "fields": fields,
    }
    day = day_of(item)
    if day is not None:
        view |= {"dated": True, "when": long_date(day, language), "weekday": weekday(day, language)}
    return view


def day_of(item: ItemBase) -> date | None:
    """The day that the list of dates names for an item; None where it has none."""
    match item:
        case Deadline():
            return item.due
        case Event():
            return item.start
        case OwnItem():
            return item.declared_day
        case _:
            return None


def day_label(item: ItemBase, language: str) -> str:
    """What an own kind calls its day, such as "Closing date"; "" for all other items."""
    if not isinstance(item, OwnItem) or item.declaration.day is None:
        return ""
    return one_line(label_in(item.declaration.fields[item.declaration.day].label, language))


def _view(field: FieldDeclaration, value: Any, language: str, defaults: MutableMapping[str, str]) -> View:
    """One field; every key is there whatever its type, and `shown` is "" where nothing is said."""
    label = one_line(label_in(field.label, language))
    view: View = {
        "type": field.type,
        "label": label,
        "shown": "",
        "value": "",
        "url": "",
        "person": {},
        "entries": [],
    }
    if field.type == "yes_no":
        view |= {"label": "", "shown": label if value else "", "value": bool(value)}
    elif value is not None:
        view |= _said(field, value, language, defaults)
    view.setdefault("html", escape(view["shown"]))
    return view


def _said(field: FieldDeclaration, value: Any, language: str, defaults: MutableMapping[str, str]) -> View:
    match field.type:
        case "markdown":
            html = markdown_html(open_fields(value, defaults))
            return {"shown": one_line(html.striptags()), "html": html}
        case "texts":
            entries = [one_line(open_fields(text, defaults)) for text in value]
            return {"shown": comma(language).join(entries), "entries": entries}
        case "date":
            return {"shown": long_date(value, language), "value": value.isoformat()}
        case "number":
            number = int(value) if value.is_integer() else value
            return {"shown": format_decimal(number, locale=locale_for(language)), "value": number}
        case "choice":
            return {"shown": one_line(label_in(field.choices[value], language)) or value, "value": value}
        case "link":
            return _link(value)
        case "person":
            return _person(value, language)
        case _:
            words = one_line(open_fields(value, defaults))
            return {"shown": words, "value": words}


def _link(link: Link) -> View:
    view = link_view(link)
    if not view["url"]:
        return {"shown": view["text"]}
    html = Markup('<a href="{}">{}</a>').format(view["url"], view["text"])
    return {"shown": view["text"], "url": view["url"], "html": html}


def _person(person: Person, language: str) -> View:
    view = person_view(person, language)
    words = comma(language).join(part for part in (view["name"], view["role"]) if part)
    html = escape(words)
    if view["email"]:
        html += comma(language) + Markup('<a dir="ltr" href="mailto:{0}">{0}</a>').format(view["email"])
    return {"shown": words, "person": view, "html": html}


def own_facts(fields: Mapping[str, View], language: str, links: TextLinks) -> list[str]:
    """The fields of one line for the text part: `Closing date: 15 March 2017`."""
    lines: list[str] = []
    for view in fields.values():
        if view["shown"] and view["type"] != "markdown":
            words = _in_text(view, language, links)
            lines += wrap(labelled(view["label"], words, language) if view["label"] else words, "", "  ")
    return lines


def _in_text(view: View, language: str, links: TextLinks) -> str:
    if view["url"]:
        return links.linked(view["shown"], view["url"])
    if person := view["person"]:
        parts = (view["shown"], person["email"], person["phone"].get("shown", ""))
        return comma(language).join(part for part in parts if part)
    return str(view["shown"])


def own_bodies(item: OwnItem, fields: Mapping[str, View], links: TextLinks, width: int) -> list[list[str]]:
    """The longer texts for the text part, each under its label."""
    bodies = []
    for name, view in fields.items():
        if view["type"] == "markdown" and view["shown"]:
            label = wrap(f"{view['label']}:") if view["label"] else []
            bodies.append([*label, *body_lines(open_fields(item.value(name), {}), width, links)])
    return bodies
