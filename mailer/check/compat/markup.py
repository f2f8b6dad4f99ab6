"""What an element uses: the element itself, its attributes, its style, its picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailer.check.compat.declarations import Styled, declared

Marked = tuple[str, str, str]
"""A feature, its trait, and what to show of it."""

SAME = frozenset(
    "abbr acronym address audio base bdi blockquote code del dfn dialog div form hr img link marquee meter object p "
    "picture pre progress rp rt ruby select small span strike strong svg table textarea video wbr".split()
)
ELEMENTS: Mapping[str, str] = (
    {tag: f"html-{tag}" for tag in SAME}
    | dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "html-h1-h6")
    | dict.fromkeys(("ul", "ol", "dl"), "html-lists")
    | dict.fromkeys(("map", "area"), "html-image-maps")
    | dict.fromkeys(
        "article aside details figcaption figure footer header main mark nav section summary time".split(),
        "html-semantics",
    )
)
"""Element → feature."""

ATTRIBUTES: Mapping[str, str] = {
    name: f"html-{name}"
    for name in (
        "align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding cellspacing "
        "dir height hidden lang popover required role srcset target valign width"
    ).split()
} | {"sizes": "html-srcset", "loading": "html-loading-attribute", "inert": "css-inert-attribute"}
"""Attribute → feature."""

FORMATS = {
    "jpg": "jpg",
    "jpeg": "jpg",
    "png": "png",
    "apng": "apng",
    "gif": "gif",
    "webp": "webp",
    "avif": "avif",
    "svg": "svg",
    "svg+xml": "svg",
    "bmp": "bmp",
    "ico": "ico",
    "x-icon": "ico",
    "tif": "tiff",
    "tiff": "tiff",
    "heic": "heif",
    "heif": "heif",
    "mp4": "mp4",
}
"""Ending or media type → format as caniemail calls it."""

_BACKGROUND = re.compile(r"url\(\s*['\"]?([^'\")]+)")
FEATURES_OF_INPUT = frozenset("checkbox hidden radio reset submit text".split())


def element_features(tag: str, attributes: tuple[tuple[str, str], ...]) -> tuple[Marked, ...]:
    """The features of an element's opening tag, its picture left out."""
    given = dict(attributes)
    shown = _shown(tag, given)
    found: list[Marked] = [(slug, trait, shown) for slug, trait in _of_element(tag, given)]
    for name, value in attributes:
        if slug := ATTRIBUTES.get(name):
            words = f'<{tag} {name}="{value[:40]}">'
            found.append((slug, "", words))
            found += [(slug, trait, words) for trait in _attribute_traits(tag, name, value)]
    if style := given.get("style"):
        if "/*" in style:
            found += [
                ("css-comments", trait, f'<{tag} style="{style[:40]}">') for trait in ("", "in an attribute")
            ]
        found += [
            (each.slug, each.trait, f'<{tag} style="{each.words}">') for each in _style(tag, style, given)
        ]
    return tuple(dict.fromkeys(found))


def _style(tag: str, style: str, given: Mapping[str, str]) -> Iterator[Styled]:
    for each in declared(style, tag):
        if each.trait == "no colour" and "bgcolor" in given:
            continue
        # Where Word leaves the width of a picture out, it takes the attribute's.
        at_img = tag == "img" and given.get("width", "").isdigit()
        has_both = at_img and each.trait in ("on a picture", "on a block")
        yield each._replace(trait="beside the attribute") if has_both else each


def _shown(tag: str, given: Mapping[str, str]) -> str:
    for name in ("id", "class", "href", "type", "src"):
        if value := given.get(name):
            return f'<{tag} {name}="{value[:40]}">'
    return f"<{tag}>"


def _of_element(tag: str, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if slug := ELEMENTS.get(tag):
        yield slug, ""
    match tag:
        case "a":
            yield from _link(given.get("href", ""))
        case "ol" if "reversed" in given:
            yield "html-lists", "reversed"
        case "li" if "value" in given:
            yield "html-lists", "numbered anew"
        case "meta" if given.get("name", "").lower() == "color-scheme":
            yield "html-meta-color-scheme", ""
        case "input" | "button" if given.get("type", "text") in FEATURES_OF_INPUT:
            yield f"html-{tag}-{given.get('type', 'text')}", ""
        case "body" if given.get("style") or given.get("bgcolor") or given.get("background"):
            yield "html-body", ""
        case _:
            pass


def _link(href: str) -> Iterator[tuple[str, str]]:
    if re.match(r"#.", href):
        yield "html-anchor-links", ""
    if href.lower().startswith("mailto:"):
        yield "html-mailto-links", ""
        for field in ("cc", "bcc"):
            if re.search(rf"[?&]{field}=", href, re.IGNORECASE):
                yield "html-mailto-links", field


def _attribute_traits(tag: str, name: str, value: str) -> Iterator[str]:
    match name:
        case "dir":
            if value.lower() == "rtl":
                yield "right to left"
            if tag in ("table", "td", "th"):
                yield "on a table"
            if tag == "a":
                yield "on a link"
        case "lang" if tag == "td":
            yield "on a cell"
        case "role" if tag != "table":
            yield "outside a table"
        case "width" if tag == "img" and value.endswith("%"):
            yield "picture in percent"
        case "align" if tag == "img":
            yield "on a picture"
        case "align" if tag == "table" and value.lower() in ("left", "right"):
            yield "table to a side"
        case _:
            pass


def pictures_of(tag: str, attributes: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The addresses of the pictures that an element shows."""
    given = dict(attributes)
    shown = [given["src"]] if tag in ("img", "source") and given.get("src") else []
    shown += [given["background"]] if given.get("background") else []
    return (*shown, *_BACKGROUND.findall(given.get("style", "")))


def picture_format(src: str, embedded: Mapping[str, str]) -> tuple[str, str]:
    """The feature that a picture's format is, with its trait; ("", "") where the address does not tell.

    `embedded` says of Content-IDs and file names what they are, such as `image/gif` or `image/gif; animated`.
    """
    address = src.strip()
    name = address[4:] if address.lower().startswith("cid:") else address.rpartition("/")[2]
    if kind := embedded.get(name, ""):
        media, _, more = kind.partition(";")
        return _format(media.rpartition("/")[2]), more.strip()
    if address.lower().startswith("data:"):
        return "image-base64", ""
    path = re.sub(r"[?#].*", "", address)
    return _format(path.rpartition(".")[2].lower()) if "." in path[-6:] else "", ""


def _format(ending: str) -> str:
    return f"image-{FORMATS[ending]}" if ending in FORMATS else ""
