"""One version of an issue, rendered once: subject, preheader, html and text with personal fields open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mailer.config import Office
from mailer.errors import RenderError
from mailer.model.base import Language
from mailer.model.issue import Item
from mailer.model.rendition import Picture, Rendition, url_slot
from mailer.model.slots import slot_names
from mailer.render.dates import direction, language_name, long_date
from mailer.render.edition import Edition
from mailer.render.inline import finish_html
from mailer.render.markdown import one_line, open_fields
from mailer.render.mjml import MarkupError, compose_mjml, mjml_to_html
from mailer.render.phrasing import numbered, salutation, why
from mailer.render.rows import contents_of, lead_of, opening_of, rows_of
from mailer.render.template import Template
from mailer.render.text import render_text
from mailer.render.view import View, item_view, picture_url


@dataclass(frozen=True, slots=True)
class _Job:
    """What a rendering takes, and the defaults it collects on the way."""

    edition: Edition
    template: Template
    phrases: Mapping[Language, Mapping[str, str]]
    pictures: Mapping[str, Picture]
    office: Office
    public_url: str
    web_view: bool
    defaults: dict[str, str]


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
) -> Rendition:
    """Render a version. Pictures are embedded, or hosted where there is a `public_url`.

    `phrases` are the template's fixed strings in the languages of items that are not translated.

    `web_view` adds the line that leads to the copy on the web; `unsubscribe` is the address for readers who
    have none of their own. RenderError names the item or the template's line that is at fault.
    """
    by_src = {picture.src: picture for picture in (*template.pictures, *pictures)}
    issue, variant = edition.issue, edition.variant
    spoken = dict(phrases or {}) | {variant.language: template.phrases}
    job = _Job(edition, template, spoken, by_src, office, public_url, web_view, {})
    subject = one_line(open_fields(issue.subject, job.defaults))
    preheader = one_line(open_fields(issue.preheader, job.defaults))
    context = _context(job, subject, preheader)
    html = _html(job, context)
    text = render_text(edition, template, office, web_view=web_view, phrases=spoken)
    slots = slot_names(subject, preheader, html, text)
    own = {"unsubscribe": unsubscribe, "web_view": ""}
    fixed = {name: template.phrases.get(f"default.{name}", "") for name in slots}
    return Rendition(
        variant=variant,
        subject=subject,
        preheader=preheader,
        html=html,
        text=text,
        slots=slots,
        defaults={name: job.defaults.get(name) or own.get(name) or fixed[name] for name in slots},
        pictures=_used(job),
        images="hosted" if public_url else "embedded",
    )


def _html(job: _Job, context: Mapping[str, Any]) -> str:
    try:
        return finish_html(mjml_to_html(compose_mjml(job.template, context)))
    except MarkupError as error:
        raise _culprit(job, error) from error


def _culprit(job: _Job, error: MarkupError) -> RenderError:
    """The item that cannot be rendered even alone, for mjml-python does not say where it stopped."""
    for item in job.edition.issue.items:
        only = job.edition.issue.model_copy(update={"items": (item,)})
        alone = replace(job, edition=replace(job.edition, issue=only), defaults={})
        try:
            mjml_to_html(compose_mjml(job.template, _context(alone, "", "")))
        except MarkupError as own:
            file = f"{job.template.shown}/items/{item.kind}.mjml.j2"
            return RenderError(f'Item "{item.id}" cannot be laid out by {file}: {own}.', own.hint)
    return RenderError(f"{job.template.shown} cannot lay out this version: {error}.", error.hint)


def _context(job: _Job, subject: str, preheader: str) -> dict[str, Any]:
    """All that the layout may use."""
    issue, language, phrases = job.edition.issue, job.edition.variant.language, job.template.phrases
    views = [_view(job, item) for item in issue.items]
    lead, opening = lead_of(views), opening_of(views)
    if lead is not None:
        lead["lead"] = True
    series, title = (one_line(open_fields(words, job.defaults)) for words in (issue.series, issue.title))
    date = long_date(issue.date, language)
    return {
        "language": language,
        "direction": direction(language),
        "theme": job.template.theme.model_dump(),
        "phrases": dict(phrases),
        "subject": subject or title or series,
        "preheader": preheader,
        "series": series,
        "number": numbered(issue.number, phrases),
        "title": title or series,
        "date": date,
        "banner": _banner(job),
        "salutation": salutation([view["body"] for view in views], phrases),
        "opening": [opening] if opening else [],
        "contents": contents_of(view for view in views if view is not opening),
        "rows": rows_of([view for view in views if view is not opening]),
        "office": _office(job.office),
        "why": why(issue, job.office, phrases),
        "unsubscribe": url_slot("unsubscribe") if issue.message_class == "newsletter" else "",
        "web_view": url_slot("web_view") if job.web_view else "",
    }


def _view(job: _Job, item: Item) -> View:
    """One item for its template, all of it in one language: the version's, or the one it has fallen back to."""
    own = job.edition.variant.language
    language = job.edition.fallen_back.get(item.id, own)
    view = item_view(
        item,
        language,
        job.phrases[language],
        pictures=job.pictures,
        public_url=job.public_url,
        defaults=job.defaults,
    )
    if language != own:
        notice = job.template.phrases["fallback"].format(language=language_name(language, own))
        view |= {"language": language, "direction": direction(language), "notice": notice}
    return view


def _office(office: Office) -> dict[str, str]:
    return {
        "name": one_line(office.name),
        "postal_address": one_line(office.postal_address),
        "website": office.website,
    }


def _banner(job: _Job) -> View:
    masthead = job.template.theme.masthead
    if masthead is None:
        return {}
    picture = job.pictures[f"template/{masthead.src}"]
    return {"src": picture_url(picture, job.public_url), "alt": one_line(masthead.alt)}


def _used(job: _Job) -> tuple[Picture, ...]:
    """The pictures of this version, the banner first."""
    wanted = [picture.src for picture in job.template.pictures]
    wanted += [item.image.src for item in job.edition.issue.items if item.image is not None]
    return tuple(job.pictures[src] for src in dict.fromkeys(wanted))
