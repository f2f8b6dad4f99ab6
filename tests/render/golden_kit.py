"""The final html of every kind of item, kept in tests/golden to be compared.

One file a kind, theme and direction, with its three layouts; and one with the sections that items stand in,
Outlook's tables among them. To renew them after a change that is meant:

    python tests/render/golden_kit.py

and read the difference before it is committed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from looks_kit import LAYOUTS, RICH, THEMES, WORDS, look
from render_kit import DAY, EVERY_KIND, OFFICE, issue_of, picture

from mailer.model.issue import KINDS
from mailer.render import edition_of, render_variant, variant_for

GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = {"ltr": "en", "rtl": "ar"}
IMAGE = {"src": "images/a.jpg", "alt": "Two camels", "caption": "Camels", "credit": "J. H.", "ratio": "16:9"}
LINKS = [{"url": "https://www.facebook.com/steppe", "text": "Steppe on Facebook"}]
FRAME = "sections"
PARTNER = "Beside"
"""The title of what stands beside a half or side item."""


def golden_files() -> list[str]:
    """`steppe-ltr/article.html` and so on."""
    names = (*KINDS, FRAME)
    return [f"{theme}-{way}/{name}.html" for theme in THEMES for way in LANGUAGES for name in names]


def golden(name: str) -> str:
    """What that file has to hold: the item, or the section it stands in, in each layout, a tag a line."""
    folder, kind = name.removesuffix(".html").split("/")
    theme, way = folder.split("-")
    if kind == FRAME:
        blocks = [_section(_html(theme, way, layout, "quote")) for layout in LAYOUTS]
    else:
        blocks = [_cell(_html(theme, way, layout, kind)) for layout in LAYOUTS]
    return "\n".join(
        f"<!-- {layout} -->\n{lines(html)}\n" for layout, html in zip(LAYOUTS, blocks, strict=True)
    )


def lines(html: str) -> str:
    return re.sub(r">\s*<", ">\n<", html.strip())


def _section(html: str) -> str:
    """From the last section that items stand in to the footer's."""
    opening = re.compile(r"<!--\[if mso \| IE\]><table[^>]*class=\"(cd|ft)\b[^\"]*-outlook")
    places = {found[1]: found.start() for found in opening.finditer(html)}
    return html[places["cd"] : places["ft"]]


def _cell(html: str) -> str:
    """The cell of the first item, with all that is in it."""
    section = _section(html)
    start = depth = 0
    for found in re.finditer(r"<td align=|<td\b|</td>", section):
        if not depth and not found[0].endswith("align="):
            continue
        start = start if depth else found.start()
        depth += -1 if found[0] == "</td>" else 1
        if not depth:
            return section[start : found.end()]
    raise ValueError("the section has no item")


@cache
def _html(theme: str, way: str, layout: str, kind: str) -> str:
    language = LANGUAGES[way]
    title, body = WORDS[language]
    item = next(item for item in EVERY_KIND if item["kind"] == kind)
    item = item | {"id": kind, "title": title, "layout": layout, "links": LINKS, "image": IMAGE}
    item |= {"body": body + RICH if kind == "article" else body}
    beside = [{"id": "beside", "kind": "greeting", "title": PARTNER, "layout": layout}]
    issue = issue_of(item, *(beside if layout != "wide" or kind == "heading" else []), language=language)
    variant = variant_for(issue, language, lambda _: True, DAY)
    template = look("newsletter", language, theme)
    edition = edition_of(issue, variant)
    phrases = {language: template.phrases}
    return render_variant(edition, template, [picture("images/a.jpg")], OFFICE, phrases=phrases).html


def renew() -> None:
    for name in golden_files():
        file = GOLDEN / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(golden(name), encoding="utf-8", newline="")


if __name__ == "__main__":
    renew()
