"""A version as a page of its own, for the web or for paper: html and a style sheet in one, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from mailer.errors import MailerError, RenderError, sentence
from mailer.model.slots import fill_slots, split_slots
from mailer.render.mjml import template_place
from mailer.render.rendition import EditionView
from mailer.render.safety import page_dangers
from mailer.render.sandbox import fault_words, run_template
from mailer.render.sections import TOP, levelled, sections_of
from mailer.render.template import Template

PageName = Literal["page", "print"]
FOLDER = "web"
OVERRIDES = dict.fromkeys((0x202D, 0x202E))
"""Signs that turn the words after them round (UAX #9, LRO and RLO): no writing needs them, and a title with one turns
all that stands beside it."""
NOTHING: Mapping[str, Any] = {"entries": {}}
"""What every page may ask for besides the version itself: item → address of its calendar file."""


def render_page(view: EditionView, template: Template, name: PageName, extra: Mapping[str, Any]) -> str:
    """The version as html, by web/NAME.html.j2 of its template; personal fields say what they say for everybody.

    Besides what the layout of a mail may use, the page has `sections` (`heading` and `rows`, see `sections_of`) and
    what `extra` adds. MailerError where the template has no such page, RenderError with file and line of a fault.
    """
    context = dict(view.context)
    context |= {"sections": sections_of(context["rows"])}
    context |= {key: [levelled(item, TOP) for item in context[key]] for key in ("erratum", "opening")}
    page = render_web(template, f"{name}.html.j2", {**context, **NOTHING, **extra})
    return fill_slots(split_slots(page), {}, view.defaults, kind="html")


def refuse_page_dangers(page: str, template: Template, hosted: str) -> None:
    """RenderError where a page for everybody would run something, or load something but pictures below `hosted`."""
    if found := page_dangers(page, hosted):
        raise RenderError(
            f"{template.shown}/{FOLDER}: no page of the archive may have "
            f"{', nor '.join(danger.words for danger in found)}.",
            "Pages run nothing, and load nothing but their own pictures: take it out of the template.",
        )


def render_web(template: Template, name: str, context: Mapping[str, Any]) -> str:
    """One file of a template's folder web/, run over the context. Errors as of `render_page`."""
    file = f"{FOLDER}/{name}"
    if file not in template.sources:
        raise MailerError(
            f"The template {template.shown} has no {file}.",
            "Copy the folder web/ from templates/newsletter into it, with the lines `archive.…` of its "
            "strings, or name `base: newsletter` in its template.yaml.",
        )
    try:
        page = run_template(template.environment.get_template(file), context)
        return page.translate(OVERRIDES).strip() + "\n"
    except Exception as error:  # a filter may end in anything; where it was is what helps its author
        place = template_place(error, template, file)
        raise RenderError(
            f"{place}: {sentence(fault_words(error))}", "Mend that line of the template."
        ) from error
