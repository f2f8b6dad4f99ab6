"""One version of an issue, rendered once: subject, preheader, html and text with personal fields open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mailer.config import Office
from mailer.model.base import Language, Slug
from mailer.model.issue import Deadline, Issue, Item
from mailer.model.rendition import (
    ANSWERS,
    TEXT_SLOTS,
    Frame,
    Picture,
    Rendition,
    slot_in,
    text_slot,
    url_slot,
)
from mailer.model.slots import slot_names
from mailer.model.translation import HEAD_WORDS
from mailer.render.blame import blamed
from mailer.render.dates import direction, long_date
from mailer.render.edition import Edition
from mailer.render.frames import frames_of
from mailer.render.icons import icon_for
from mailer.render.inline import finish_html
from mailer.render.markdown import one_line, open_fields
from mailer.render.mjml import MarkupError, compose_mjml, mjml_to_html
from mailer.render.phrasing import marked_subject, numbered, salutation, why
from mailer.render.rows import contents_of, lead_of, number_items, opening_of, parted, rows_of
from mailer.render.safety import refuse_dangers
from mailer.render.template import Template
from mailer.render.text import render_text
from mailer.render.text_items import NO_ENTRIES
from mailer.render.theme import Banner, Logo
from mailer.render.theme_pictures import PREFIX
from mailer.render.view import View, item_view, picture_url
from mailer.source import language_name


@dataclass(frozen=True, slots=True)
class _Job:
    """What a rendering takes, and the defaults it collects on the way."""

    edition: Edition
    template: Template
    phrases: Mapping[Language, Mapping[str, str]]
    pictures: Mapping[str, Picture]
    """Path → the picture; any of those made of one file."""
    made: Mapping[Frame, Picture]
    frames: Mapping[Slug, Frame]
    office: Office
    public_url: str
    web_view: bool
    defaults: dict[str, str]
    entries: Mapping[str, str] = field(default_factory=dict)
    """Item → address of its calendar file, where it is linked."""


def render_variant(
    edition: Edition,
    template: Template,
    pictures: Sequence[Picture],
    office: Office,
    *,
    public_url: str = "",
    web_view: bool = False,
    unsubscribe: str = "",
    phrases: Mapping[Language, Mapping[str, str]] | None = None,
    entries: Mapping[str, str] = NO_ENTRIES,
) -> Rendition:
    """Render a version. Pictures are embedded, or hosted where there is a `public_url`.

    `phrases` are the template's fixed strings in every language that occurs, and with them the names of
    countries, as `country.CODE`.

    `web_view` adds the line that leads to the copy on the web; `unsubscribe` is the address for readers who
    have none of their own; `entries` are the addresses of the calendar files that are linked, by item. RenderError
    names the item or the template's line that is at fault.
    """
    issue, variant = edition.issue, edition.variant
    job = _job(edition, template, pictures, office, public_url, web_view=web_view, phrases=phrases or {})
    job = replace(job, entries=entries)
    spoken = job.phrases
    subject = one_line(open_fields(issue.subject, job.defaults))
    subject = marked_subject(subject, issue, edition.borrowed.get("subject", variant.language))
    preheader = one_line(open_fields(issue.preheader, job.defaults))
    context = _context(job, subject, preheader)
    html = _html(job, context)
    text = render_text(edition, template, office, web_view=web_view, phrases=spoken, entries=entries)
    slots = slot_names(subject, preheader, html, text)
    own = {"unsubscribe": unsubscribe, "web_view": ""}
    fixed = {
        slot_in(name, tongue): words for tongue in spoken for name, words in stand_ins(spoken[tongue], issue)
    }
    fixed |= dict(stand_ins(template.phrases, issue))
    return Rendition(
        variant=variant,
        subject=subject,
        preheader=preheader,
        html=html,
        text=text,
        slots=slots,
        defaults={name: job.defaults.get(name) or own.get(name) or fixed.get(name, "") for name in slots},
        pictures=_used(job, html),
        images="hosted" if public_url else "embedded",
    )


def _job(
    edition: Edition,
    template: Template,
    pictures: Sequence[Picture],
    office: Office,
    public_url: str,
    *,
    web_view: bool,
    phrases: Mapping[Language, Mapping[str, str]],
) -> _Job:
    by_src = {picture.src: picture for picture in (*template.pictures, *pictures)}
    spoken = {edition.variant.language: template.phrases} | dict(phrases)
    made = {picture.frame: picture for picture in pictures if picture.frame is not None}
    frames = frames_of(edition.issue.items, template.theme)
    return _Job(edition, template, spoken, by_src, made, frames, office, public_url, web_view, {})


@dataclass(frozen=True, slots=True)
class EditionView:
    """All that a page of a version may say, as its templates see it."""

    context: Mapping[str, Any]
    """The same names as for layout.mjml.j2: title, rows, contents, office, theme, …; personal fields stay open."""
    defaults: Mapping[str, str]
    """Personal field → what stands there for everybody."""
    pictures: tuple[Picture, ...]
    """Every picture of it; `context` has the addresses that `picture_url` gives for `public_url`."""


def view_edition(
    edition: Edition,
    template: Template,
    pictures: Sequence[Picture],
    office: Office,
    *,
    public_url: str,
    phrases: Mapping[Language, Mapping[str, str]],
) -> EditionView:
    """What the web page and the print edition of a version are made of: the same views as the mail's."""
    job = _job(edition, template, pictures, office, public_url, web_view=False, phrases=phrases)
    subject = one_line(open_fields(edition.issue.subject, job.defaults))
    preheader = one_line(open_fields(edition.issue.preheader, job.defaults))
    context = _context(job, subject, preheader)
    fixed: dict[str, str] = {}
    for tongue in job.phrases:
        words = dict(stand_ins(job.phrases[tongue], edition.issue))
        fixed |= {slot_in(name, tongue): said for name, said in words.items()}
    fixed |= dict(stand_ins(template.phrases, edition.issue))
    used = (_picture_of(job, item) for item in edition.issue.items)
    shown = (*template.pictures, *filter(None, used))
    return EditionView(context, fixed | job.defaults, tuple({each.cid: each for each in shown}.values()))


def stand_ins(phrases: Mapping[str, str], issue: Issue) -> Iterator[tuple[str, str]]:
    """Personal field → what stands there for readers who have no value, who may be others for a notice."""
    for name in TEXT_SLOTS:
        words = phrases.get(f"default.{name}", "")
        yield name, phrases.get(f"default.{name}.{issue.message_class}", words)


def _html(job: _Job, context: Mapping[str, Any]) -> str:
    def trial(items: tuple[Item, ...]) -> None:
        only = job.edition.issue.model_copy(update={"items": items})
        alone = replace(job, edition=replace(job.edition, issue=only), defaults={})
        html = mjml_to_html(compose_mjml(job.template, _context(alone, "", "")))
        refuse_dangers(html, job.public_url)

    try:
        mjml = compose_mjml(job.template, context)
        if not all(f'id="item-{view["id"]}"' in mjml for view in context["erratum"]):
            mjml = compose_mjml(job.template, _in_a_row(context))
        return finish_html(mjml_to_html(mjml), job.public_url)
    except MarkupError as error:
        raise blamed(error, job.template, job.edition.issue.items, trial) from error


def _in_a_row(context: Mapping[str, Any]) -> dict[str, Any]:
    """For a layout with no place of its own for what was wrong: then it is the first of the items."""
    first = {"layout": "wide", "items": context["erratum"]}
    return {**context, "erratum": [], "rows": [first, *context["rows"]]}


def _context(job: _Job, subject: str, preheader: str) -> dict[str, Any]:
    """All that the layout may use."""
    issue, language, phrases = job.edition.issue, job.edition.variant.language, job.template.phrases
    on_top, views = parted([_view(job, item) for item in issue.items])
    lead, opening = lead_of(views), opening_of(views)
    if lead is not None:
        lead["lead"] = True
    number_items(view for view in views if view is not opening)
    series, title = (one_line(open_fields(words, job.defaults)) for words in (issue.series, issue.title))
    date = text_slot("date") if job.edition.personal_dates else long_date(issue.date, language)
    return {
        "language": language,
        "direction": direction(language),
        "borrowed": _borrowed(job.edition),
        "theme": job.template.theme.model_dump(),
        "phrases": dict(phrases),
        "subject": subject or title or series,
        "preheader": preheader,
        "series": series,
        "number": numbered(issue.number, phrases),
        "title": title or series,
        "date": date,
        "reference": one_line(open_fields(issue.reference, job.defaults)),
        "addressees": one_line(open_fields(issue.addressees, job.defaults)),
        "action_by": _action_by(job),
        "answers": {name.removeprefix("answer_"): url_slot(name) for name in ANSWERS},
        "banner": _theme_picture(job, job.template.theme.masthead),
        "logo": _theme_picture(job, job.template.theme.logo),
        "salutation": salutation([view["body"] for view in views], phrases),
        "erratum": on_top,
        "opening": [opening] if opening else [],
        "contents": contents_of(view for view in views if view is not opening),
        "rows": rows_of([view for view in views if view is not opening]),
        "office": office_view(job.office),
        "why": why(issue, job.office, phrases),
        "unsubscribe": url_slot("unsubscribe") if issue.message_class == "newsletter" else "",
        "web_view": url_slot("web_view") if job.web_view else "",
    }


def _borrowed(edition: Edition) -> dict[str, dict[str, str]]:
    """Word of the head → its language and direction; empty for one that is in the version's own language."""
    tongues = {name: edition.borrowed.get(name, "") for name in HEAD_WORDS}
    if edition.issue.number.strip().isdecimal():
        tongues["number"] = ""  # "No. 3" is said by the template, in the version's language.
    if not edition.issue.title.strip():
        tongues["title"] = tongues["series"]
    return {
        name: {"language": tongue, "direction": direction(tongue)} if tongue else {}
        for name, tongue in tongues.items()
    }


def _view(job: _Job, item: Item) -> View:
    """One item for its template, all of it in one language: the version's, or the one it has fallen back to."""
    own = job.edition.variant.language
    language = job.edition.fallen_back.get(item.id, own)
    frame, picture = job.frames.get(item.id), _picture_of(job, item)
    view = item_view(
        item,
        language,
        job.phrases[language],
        pictures={picture.src: picture} if picture else {},
        room=frame.width if frame else 0,
        public_url=job.public_url,
        defaults=job.defaults,
        entry=job.entries.get(item.id, ""),
    )
    social = item.kind == "social"
    view["links"] = [link | {"icon": _icon(job, link) if social else {}} for link in view["links"]]
    if language != own:
        notice = job.template.phrases["fallback"].format(language=language_name(language, own))
        view |= {"language": language, "direction": direction(language), "notice": notice}
    return view


def _action_by(job: _Job) -> View:
    """The first day by which readers of this version have to act, in their language; {} where there is none."""
    if job.edition.personal_dates:
        when, time, left = (text_slot(name) for name in ("due_day", "due_time", "days_left"))
        return {"id": "", "when": when, "weekday": "", "time": time, "left": left}
    language, phrases = job.edition.variant.language, job.template.phrases
    due = [item for item in job.edition.issue.items if isinstance(item, Deadline)]
    if not due:
        return {}
    first = min(due, key=lambda item: item.due)
    bare = first.model_copy(update={"body": "", "image": None})
    view = item_view(bare, language, phrases, pictures={}, public_url="", defaults={})
    return {name: view[name] for name in ("id", "when", "weekday", "time")} | {"left": ""}


def office_view(office: Office) -> dict[str, str]:
    """The office as templates see it."""
    website = office.website if re.match(r"https?://|$", office.website) else f"https://{office.website}"
    return {
        "name": one_line(office.name),
        "postal_address": one_line(office.postal_address),
        "website": website,
    }


def _theme_picture(job: _Job, shown: Banner | Logo | None) -> View:
    """The banner or the logo; {} where there is none."""
    if shown is None:
        return {}
    picture = job.pictures[PREFIX + shown.src]
    width = shown.width if isinstance(shown, Logo) else job.template.theme.width
    return _sized(job, picture, width) | {"alt": one_line(shown.alt)}


def _sized(job: _Job, picture: Picture, width: int) -> View:
    height = max(1, round(width * picture.height / max(picture.width, 1)))
    return {"src": picture_url(picture, job.public_url), "width": width, "height": height}


def _icon(job: _Job, link: View) -> View:
    """The icon of an account, drawn at twice the size it is shown at; {} where the theme has none for it."""
    icons = job.template.theme.icons
    name = icon_for(link["url"], link["text"], icons) if link["url"] else ""
    if not name or not link["url"]:
        return {}
    picture = job.pictures[PREFIX + icons[name]]
    return _sized(job, picture, picture.width // 2) | {"name": name}


def _used(job: _Job, html: str) -> tuple[Picture, ...]:
    """The pictures of this version, those of the theme first as far as its html shows them."""
    themed = job.template.pictures
    wanted = [picture for picture in themed if picture_url(picture, job.public_url) in html]
    wanted += filter(None, (_picture_of(job, item) for item in job.edition.issue.items))
    return tuple({picture.cid: picture for picture in wanted}.values())


def _picture_of(job: _Job, item: Item) -> Picture | None:
    """The picture as it was made for this item, else any of that file."""
    if item.image is None:
        return None
    frame = job.frames.get(item.id)
    return (job.made.get(frame) if frame else None) or job.pictures.get(item.image.src)
