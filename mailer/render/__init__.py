"""From an issue and a template to what readers get, offline and the same every time.

`read_template` reads a template's folder; `variant_for` decides which items a reader sees, `edition_of` puts
them into the reader's language; `render_variant` makes subject, preheader, html and text, once a version, with
personal fields still open; `preview` shows how mail clients change it. Authors' words never become markup, and
what mjml-python or premailer would break is either spared or noticed.
"""

from mailer.render.calendar import PRODID, calendar_text, what_counts
from mailer.render.edition import Edition, edition_of, in_words
from mailer.render.frames import frames_of
from mailer.render.pages import render_page, render_web
from mailer.render.preview import apple_dark, fill, forced_dark, images_off, readdressed
from mailer.render.rendition import EditionView, render_variant, view_edition
from mailer.render.template import Template, read_template
from mailer.render.text import render_text
from mailer.render.variant import archive_variant, general_wording, variant_for
from mailer.render.view import picture_url

__all__ = [
    "PRODID",
    "Edition",
    "EditionView",
    "Template",
    "apple_dark",
    "archive_variant",
    "calendar_text",
    "edition_of",
    "fill",
    "forced_dark",
    "frames_of",
    "general_wording",
    "images_off",
    "in_words",
    "picture_url",
    "read_template",
    "readdressed",
    "render_page",
    "render_text",
    "render_variant",
    "render_web",
    "variant_for",
    "view_edition",
    "what_counts",
]
