"""From views through Jinja to MJML that mjml-python can render, and from there to html."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mailer.errors import RenderError, sentence
from mailer.render.sandbox import fault_words, run_template
from mailer.render.template import LAYOUT, Template

MAX_MJML = 1_500_000
"""Characters; far above what any mail client shows."""
MAX_DEPTH = 100
"""Elements within each other: mjml-python crashes the whole process on thousands."""

PIECES = re.compile(
    r"""<!--.*?-->|<mj-style\b.*?</mj-style>|<(?P<close>/?)[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>|[^<]+|<""",
    re.DOTALL,
)
VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
UNSAFE = re.compile(r"[\\\n\r\t']")
"""Without one of these in a tag there is nothing to write otherwise."""
ESCAPES = {"\\": "&#92;", '"': "&#34;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
POSITION = re.compile(r" in root template| at position [\d:]+")
VOID = frozenset({"br", "hr", "img", "meta", "col", "wbr", "input", "link"})


class MarkupError(ValueError):
    """A template's markup that mjml-python refuses, or that no letter may have: what is wrong, and what to do.

    `signs` are words that are likely to stand where it comes from.
    """

    def __init__(
        self, message: str, hint: str = "Mend that part of the template.", signs: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.signs = signs


def compose_mjml(template: Template, context: Mapping[str, Any]) -> str:
    """Run the layout over the context. RenderError names the template's file and line."""
    try:
        mjml = run_template(template.environment.get_template(LAYOUT), context)
    except Exception as error:  # a filter may end in anything; where it was is what helps its author
        place = template_place(error, template)
        raise RenderError(
            f"{place}: {sentence(fault_words(error))}", "Mend that line of the template."
        ) from error
    return re.sub(r">\s*\n\s*<", ">\n<", mjml.strip())


def template_place(error: BaseException, template: Template, name: str = LAYOUT) -> str:
    """The innermost template line that an error passed through; `name` is the file that was run."""
    line = getattr(error, "lineno", None)
    frame = error.__traceback__
    while frame is not None:
        filename = frame.tb_frame.f_code.co_filename
        if filename in template.sources:
            name, line = filename, frame.tb_lineno
        frame = frame.tb_next
    return template.file(name) + (f":{line}" if line else "")


def mjml_to_html(mjml: str) -> str:
    """Render MJML. MarkupError where it is refused, too large or too deep."""
    from mjml import mjml2html

    if len(mjml) > MAX_MJML:
        raise MarkupError(
            f"it has {len(mjml):,} signs before it is laid out; {MAX_MJML:,} is the most",
            "Shorten it, or leave something for the next issue.",
        )
    guarded = guard_attributes(mjml)
    try:
        return str(mjml2html(guarded))
    except ValueError as error:
        # The position is one in what the template has made, which nobody sees.
        raise MarkupError(POSITION.sub("", str(error))) from error


def guard_attributes(mjml: str) -> str:
    """Write as numeric references whatever mjml-python would spoil, and measure the depth.

    mjml-python writes attributes (and the title, which becomes one) as Rust debug text: a no-break space,
    a joiner, a backslash or a quote comes out as an escape. References pass through untouched. Styles are
    left alone: there a reference would be taken literally.
    """
    depth = 0
    in_title = False
    parts = []
    for match in PIECES.finditer(mjml):
        piece = match[0]
        if piece.startswith(("<!--", "<mj-style")):
            parts.append(piece)
            continue
        if match["close"] is not None:
            depth += _step(piece)
            if depth > MAX_DEPTH:
                raise MarkupError(
                    f"it has more than {MAX_DEPTH} elements within each other",
                    "Flatten its nested lists and quotations.",
                )
            if UNSAFE.search(piece):
                piece = VALUE.sub(_guarded_value, piece)
            in_title = piece.startswith("<mj-title")
        elif in_title:
            piece = _guarded(piece)
        parts.append(piece if piece.isascii() else _references(piece))
    return "".join(parts)


def _step(tag: str) -> int:
    if tag.startswith("</"):
        return -1
    name = re.match(r"<([A-Za-z0-9-]+)", tag)
    return 0 if tag.endswith("/>") or (name and name[1] in VOID) else 1


def _guarded_value(match: re.Match[str]) -> str:
    return f'"{_guarded(match[0][1:-1])}"'


def _guarded(value: str) -> str:
    return "".join(ESCAPES.get(sign, sign) for sign in value)


def _references(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
