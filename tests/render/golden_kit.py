"""The final html of every kind of item, kept in tests/golden to be compared.

One file a kind, theme and direction, with its three layouts; and one with the sections that items stand in,
Outlook's tables among them. Of the templates that are based on the newsletter: their head, down to the first item,
and the item that they show in a way of their own. To renew them after a change that is meant:

    python tests/render/golden_kit.py

and read the difference before it is committed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from looks_kit import LAYOUTS, NOTICES, RICH, THEMES, WORDS, look
from render_kit import ALL_KINDS, DAY, EVERY_KIND, OFFICE, issue_of, picture

from mailer.render import edition_of, render_variant, variant_for

OPENING = re.compile(r"<!--\[if mso \| IE\]><table[^>]*class=\"(cd|ft)\b[^\"]*-outlook")
"""Where a section on the card, or the footer, begins."""
GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = {"ltr": "en", "rtl": "ar"}
IMAGE = {"src": "images/a.jpg", "alt": "Two camels", "caption": "Camels", "credit": "J. H.", "ratio": "16:9"}
LINKS = [{"url": "https://www.facebook.com/steppe", "text": "Steppe on Facebook"}]
FRAME = "sections"
HEAD = "head"
OVERRIDDEN = {"bulletin": "article", "letter": "contact", "notice": "deadline", "reminder": "announcement"}
"""Template → the kind that its own files make look different."""
PARTNER = "Beside"
"""The title of what stands beside a half or side item."""


def golden_files() -> list[str]:
    """`steppe-ltr/article.html` and so on."""
    names = (*ALL_KINDS, FRAME)
    ours = [f"{theme}-{way}/{name}.html" for theme in THEMES for way in LANGUAGES for name in names]
    based = [
        f"{template}-{way}/{name}.html"
        for template, kind in OVERRIDDEN.items()
        for way in LANGUAGES
        for name in (HEAD, kind)
    ]
    return ours + based


def golden(name: str) -> str:
    """What that file has to hold: the item, or the section it stands in, in each layout, a tag a line."""
    folder, kind = name.removesuffix(".html").split("/")
    look_name, way = folder.split("-")
    template, theme = (look_name, "steppe") if look_name in OVERRIDDEN else ("newsletter", look_name)
    shown = {FRAME: "quote", HEAD: OVERRIDDEN.get(template, "")}.get(kind, kind)
    cut = {FRAME: _section, HEAD: _head, "erratum": _on_top}.get(kind, _cell)
    layouts = LAYOUTS if template == "newsletter" else LAYOUTS[:1]
    return "\n".join(
        f"<!-- {layout} -->\n{lines(cut(_html(template, theme, way, layout, shown)))}\n" for layout in layouts
    )


def lines(html: str) -> str:
    return re.sub(r">\s*<", ">\n<", html.strip())


def _section(html: str) -> str:
    """From the last section that items stand in to the footer's."""
    places = _places(html)
    return html[places["cd"] : places["ft"]]


def _head(html: str) -> str:
    """All that stands before the section of the items."""
    return html[html.index("<body") : _places(html)["cd"]]


def _on_top(html: str) -> str:
    """The first section below the masthead: what was wrong."""
    first, second, *_ = (found.start() for found in OPENING.finditer(html) if found[1] == "cd")
    return html[first:second]


def _places(html: str) -> dict[str, int]:
    return {found[1]: found.start() for found in OPENING.finditer(html)}


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
def _html(template: str, theme: str, way: str, layout: str, kind: str) -> str:
    language = LANGUAGES[way]
    title, body = WORDS[language]
    item = next(item for item in EVERY_KIND if item["kind"] == kind)
    item = item | {"id": kind, "title": title, "layout": layout, "links": LINKS, "image": IMAGE}
    item |= {"body": body + RICH if kind == "article" else body}
    beside = [{"id": "beside", "kind": "greeting", "title": PARTNER, "layout": layout}]
    based = template != "newsletter"
    head = {"reference": "2016/035", "addressees": title} if based else {}
    head["message_class"] = "notice" if template in NOTICES else "newsletter"
    alone = layout == "wide" and kind != "heading" and not based
    issue = issue_of(item, *([] if alone else beside), language=language, **head)
    made = look(template, language, theme)
    edition = edition_of(issue, variant_for(issue, language, lambda _: True, DAY))
    phrases = {language: made.phrases}
    return render_variant(edition, made, [picture("images/a.jpg")], OFFICE, phrases=phrases).html


def renew() -> None:
    for name in golden_files():
        file = GOLDEN / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(golden(name), encoding="utf-8", newline="")


if __name__ == "__main__":
    renew()
