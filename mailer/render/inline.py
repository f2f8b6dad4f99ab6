"""From mjml-python's html to what is sent: mended, styles inlined, and proved unharmed."""

from __future__ import annotations

import logging
import re
from collections import Counter

from mailer.errors import RenderError
from mailer.model.rendition import SLOT_TOKEN

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
IMPORTANT = re.compile(r"!\s*important")
OPENING = re.compile(
    r"<!--.*?-->|<(?:(?P<style>style)|(?P<table>table))\b(?P<attributes>[^>]*)>"
    r"(?=(?(style)(?P<css>.*?)</style>|(?P<rows>.*?)</table>))",
    re.DOTALL,
)
INLINED = "/* inline */"
"""The style block that begins with this is copied onto the elements; all others stay where they are."""
TAG = re.compile(r"""<!--.*?-->|<style\b.*?</style>|<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
VISIBLE = {ord(sign): f"&#{ord(sign)};" for sign in "\u00a0\u200c\u200d\u00ad\u200e\u200f"}
"""Signs that nobody sees in a source or a diff: no-break space, joiners, soft hyphen, direction marks."""


def finish_html(html: str) -> str:
    """Mend what mjml-python leaves open, inline the styles, and check that nothing was lost on the way.

    RenderError where a comment for Outlook, an `!important` or a personal field did not survive.
    """
    mended = mend(html)
    inlined = inline_styles(mended)
    finished = TAG.sub(_hide_angles, inlined).translate(VISIBLE)
    _prove(mended, finished)
    return finished


def mend(html: str) -> str:
    """Doctype in capitals (premailer drops the other), roles of layout tables, which styles to inline."""
    html = re.sub(r"^\s*<!doctype html>", "<!DOCTYPE html>", html, count=1, flags=re.IGNORECASE)
    return OPENING.sub(_mended_tag, html)


def _mended_tag(match: re.Match[str]) -> str:
    """Comments for Outlook stay; a table with heads is data and keeps its meaning, every other is layout."""
    tag, attributes = match[0], match["attributes"]
    if match["style"]:
        return (
            tag
            if match["css"].strip().startswith(INLINED)
            else f'<style{attributes} data-premailer="ignore">'
        )
    if match["table"] and "role=" not in attributes and "<th" not in match["rows"]:
        return f'<table role="presentation"{attributes}>'
    return tag


def inline_styles(html: str) -> str:
    """Copy the styles onto the elements with premailer, offline, with the settings that spare the rest."""
    from premailer import Premailer

    premailer = Premailer(
        html,
        method="html",
        keep_style_tags=True,
        strip_important=False,
        remove_classes=False,
        exclude_pseudoclasses=True,
        disable_validation=True,
        allow_network=False,
        align_floating_images=False,
        cssutils_logging_level=logging.CRITICAL,
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
    )
    return str(premailer.transform(pretty_print=False, encoding="utf-8"))


def _hide_angles(match: re.Match[str]) -> str:
    """lxml writes `<` plainly in attributes; a client that looks for comments there would be misled."""
    tag = match[0]
    if tag.startswith(("<!--", "<style")) or ("<" not in tag[1:] and ">" not in tag[:-1]):
        return tag
    return f"<{tag[1:-1].replace('<', '&lt;').replace('>', '&gt;')}>"


def _prove(before: str, after: str) -> None:
    troubles = []
    if not after.startswith("<!DOCTYPE html>"):
        troubles.append("the doctype is lost")
    if COMMENT.findall(before) != COMMENT.findall(after):
        troubles.append("comments for Outlook have changed")
    if _importants(before) != _importants(after):
        troubles.append("an !important in a style block is lost")
    if Counter(SLOT_TOKEN.findall(before)) != Counter(SLOT_TOKEN.findall(after)):
        troubles.append("a personal field is lost")
    if r"\u{" in re.sub(r">[^<]*<", "><", after):
        troubles.append("an attribute has a broken escape")
    if re.search(r"<mj-", after):
        troubles.append("an unknown mj- element is left")
    if re.search(r"<img\b(?![^>]*\balt=)", after):
        troubles.append("a picture has no alt attribute")
    if re.search(r"<link\b|@import|@font-face", COMMENT.sub("", after)):
        troubles.append("something would be loaded from elsewhere")
    if troubles:
        raise RenderError(
            f"Inlining the styles did harm: {'; '.join(troubles)}.",
            "Look at the template's layout and styles; nothing was written.",
        )


def _importants(html: str) -> list[int]:
    return [len(IMPORTANT.findall(style)) for style in STYLE.findall(COMMENT.sub("", html))]
