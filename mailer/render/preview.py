"""How mail clients change what was rendered. Each view is an approximation, and should be labelled as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape as escaped

from mailer.model.colour import darkened
from mailer.model.rendition import Picture
from mailer.model.slots import fill_slots, split_slots

COLOUR = re.compile(r"(?P<name>[a-z-]*?)(?P<sep>\s*[:=]\s*\"?)#(?P<hex>[0-9a-fA-F]{6})\b")
GROUNDS = ("background", "background-color", "bgcolor")
_PICTURE = re.compile(
    r"""(?<=["'(=\s])(?:cid:([^"'()\s<>]+)|https://[^"'()\s<>]*/pictures/([0-9a-f]{16}\.\w+))""",
    re.IGNORECASE,
)
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
DARK_QUERY = re.compile(r"@media[^{}]*prefers-color-scheme\s*:\s*dark[^{}]*\{", re.IGNORECASE)
SCHEMES = re.compile(
    r"""(color-scheme["']?\s*(?::|content=["'])\s*)(?:light\s+dark|dark\s+light)""", re.IGNORECASE
)
TARGET = re.compile(
    r"""(<(?:a|area|base|form)\b(?:[^>"']|"[^"]*"|'[^']*')*?)\s(?:form)?target\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""",
    re.IGNORECASE,
)
NOWHERE = '<base target="_blank">'


def readdressed(html: str, pictures: Iterable[Picture], address_of: Callable[[Picture], str]) -> str:
    """The html with each picture at another address, whether it was embedded or hosted; all else stays."""
    known = list(pictures)
    by_name = {name: picture for picture in known for name in (picture.cid, picture.file_name)}

    def replace(match: re.Match[str]) -> str:
        picture = by_name.get(match[1] or match[2])
        return escaped(address_of(picture)) if picture else match[0]

    return _PICTURE.sub(replace, html)


def images_off(html: str) -> str:
    """The html as clients show it that hold pictures back: alternative texts stand in their place."""
    return re.sub(r"(<img\b[^>]*?)\ssrc=(\"[^\"]*\"|'[^']*')", r"\1", html)


def framed(html: str) -> str:
    """The same mail with every link sent to a new window, which a sandboxed frame may not open."""
    return in_head(TARGET.sub(r"\1", html), NOWHERE)


def in_head(html: str, more: str) -> str:
    """The html with more of it at the beginning of the head; at the end where it has no head."""
    head = HEAD.search(html)
    if head is None:
        return html + more
    return html[: head.end()] + more + html[head.end() :]


def always_light(html: str) -> str:
    """The same mail as a light mail program shows it, whatever this machine prefers."""
    return SCHEMES.sub(r"\1light", DARK_QUERY.sub("@media not all{", html))


def apple_dark(html: str) -> str:
    """The html as Apple Mail shows it in dark mode, and others that follow `prefers-color-scheme`."""
    return re.sub(r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)", "@media all", html)


def forced_dark(html: str) -> str:
    """Roughly what Gmail's app and Outlook make of it in dark mode: light grounds and dark words swap lightness.

    An approximation: each client has its own sums, and changes them without notice.
    """
    return COLOUR.sub(_swap, html)


def fill(document: str, values: Mapping[str, str], defaults: Mapping[str, str], *, escape: bool) -> str:
    """One reader's copy of a rendition's html (`escape=True`), or of its text, subject or preheader."""
    return fill_slots(split_slots(document), values, defaults, "html" if escape else "text")


def _swap(match: re.Match[str]) -> str:
    colour = darkened(f"#{match['hex']}", is_ground=match["name"] in GROUNDS)
    return f"{match['name']}{match['sep']}{colour}"
