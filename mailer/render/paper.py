"""A page made ready for paper: where links lead can be read, wide tables have room, decoration is not read out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement
from lxml.html import builder as make

COLUMN = 321
"""CSS pixels (1/96 inch) between the edges of a column: 85 mm."""
BOX = 30
"""CSS pixels that a box takes from it."""
TALLEST = 420
"""CSS pixels of a picture's height."""
BOXES = frozenset({"box", "kind-deadline", "kind-erratum"})
"""Classes of items that stand in a box."""
FEW = 300
"""Pixels of a picture's width from less of which it is not stretched over a column."""
BANNER = (794, 160)
"""CSS pixels of the banner's width, and the most of its height."""
WHOLE = 420
"""Signs up to which an item without a picture is not cut in two by the end of a column."""
WHOLE_BOX = 640
"""The same of an item in a box, of which a cut shows more, and which has smaller type or a contact's short lines."""
FEW_LINKS = 5
"""Links up to which their list is not cut in two."""
WIDE = 4
"""Columns of a table from more of which its item takes the whole width."""
NARROW_CELLS = 8
"""Columns from more of which the type is made smaller."""
LONGEST = 160
"""Signs of an address that somebody may type; of a longer one only the site is said."""


def for_paper(html: str) -> str:
    """The html of a print page, as paper needs it.

    Where a link's words are not its address, the address stands below it, or at the item's end under a number.
    """
    page = lxml.html.document_fromstring(html)
    for columns in page.find_class("columns"):
        if len(columns) == 1 and _is_short(columns) and columns.find(".//img") is None:
            _add_class(columns, "one")
    for item in page.find_class("item"):
        most = WHOLE_BOX if _is_box(item) else WHOLE
        if _is_short(item, most) and item.find(".//figure") is None and not _is_alone(item):
            _add_class(item, "whole")
        _say_addresses(item)
    for listed in page.find_class("links"):
        if len(listed) <= FEW_LINKS:
            _add_class(listed, "whole")
    for table in list(page.iter("table")):
        _make_room(table)
    for picture in list(page.iter("img")):
        _set_size(picture)
    return "<!DOCTYPE html>\n" + lxml.html.tostring(page, encoding="unicode", method="html")


def printed_address(url: str) -> str:
    """An address as it is read on paper: no scheme, no slash at its end."""
    shown = re.sub(r"^(https?://|mailto:)", "", url, flags=re.IGNORECASE).rstrip("/")
    if len(shown) <= LONGEST:
        return shown
    return f"{re.split(r'[/?#]', shown, maxsplit=1)[0]}/…"


def _say_addresses(item: HtmlElement) -> None:
    numbers: dict[str, int] = {}
    for link in [link for link in item.iter("a") if link.get("href")]:
        address = printed_address(str(link.get("href")))
        if not _needs_address(link, address):
            continue
        line = next((up for up in link.iterancestors("li") if _is_listed(up)), None)
        if line is not None:
            line.append(make.SPAN(address, {"class": "address", "dir": "ltr"}))
            continue
        number = numbers.setdefault(address, len(numbers) + 1)
        mark = make.E.sup(str(number), {"class": "mark"})
        mark.tail, link.tail = link.tail, None
        link.addnext(mark)
    if numbers:
        notes = [make.LI(f"{number} {address}", {"dir": "ltr"}) for address, number in numbers.items()]
        item.append(make.UL(*notes, {"class": "addresses"}))


def _needs_address(link: HtmlElement, address: str) -> bool:
    """Whether the link leads elsewhere than its words say."""
    if not re.match(r"https?://|mailto:", str(link.get("href")), re.IGNORECASE):
        return False
    words = " ".join("".join(_words(link)).split())
    return _bare(words) != _bare(address)


def _words(element: HtmlElement) -> Iterator[str]:
    return (str(text) for text in element.itertext())


def _bare(address: str) -> str:
    return re.sub(r"^(https?://|mailto:)?(www\.)?", "", address.strip().casefold()).rstrip("/")


def _is_listed(line: HtmlElement) -> bool:
    """Whether the line is one of the links below an item: it has room for an address of its own."""
    above = line.getparent()
    return above is not None and bool({"links", "accounts"} & set((above.get("class") or "").split()))


def _make_room(table: HtmlElement) -> None:
    columns = max((len(row.findall("th") + row.findall("td")) for row in table.iter("tr")), default=0)
    if columns > NARROW_CELLS:
        _add_class(table, "many-columns")
    if columns <= WIDE:
        return
    for up in table.iterancestors():
        above = up.getparent()
        if above is not None and "columns" in (above.get("class") or "").split():
            _set_apart(up, above)
            return


def _set_apart(item: HtmlElement, columns: HtmlElement) -> None:
    """Put an item across the page, between the columns that end above it and those that begin below.

    Not by `column-span`: WeasyPrint fails on what spans columns and goes on over pages.
    """
    below = list(item.itersiblings())
    _add_class(item, "across")
    columns.addnext(item)
    if below:
        item.addnext(make.DIV(*below, {"class": columns.get("class") or ""}))
    if not len(columns):
        columns.drop_tree()


def _set_size(picture: HtmlElement) -> None:
    """Whole pixels for every picture, see print.css.j2; one that only decorates becomes a ground: it is drawn, and
    nothing is said of it.
    """
    above = picture.getparent()
    if above is None or _is_within(picture, "accounts"):
        picture.drop_tree()
        return
    if _is_within(picture, "logo"):
        return
    width, height = (max(int(picture.get(side) or 1), 1) for side in ("width", "height"))
    banner = _is_within(picture, "banner")
    most = BANNER[0] if banner else _room(picture)
    across = most if banner or width >= FEW else min(width, most)
    tall = round(across * height / width)
    if tall > (BANNER[1] if banner else TALLEST):
        tall = BANNER[1] if banner else TALLEST
        across = most if banner else max(1, round(tall * width / height))
    size = f"width:{across}px;height:{tall}px"
    if picture.get("alt"):
        picture.set("style", size)
        return
    style = f"{size};background-image:url('{picture.get('src')}')"
    ground = make.DIV({"class": "drawn", "style": style})
    ground.tail = picture.tail
    above.replace(picture, ground)


def _room(picture: HtmlElement) -> int:
    return COLUMN - BOX if any(_is_within(picture, name) for name in BOXES) else COLUMN


def _is_short(element: HtmlElement, most: int = WHOLE) -> bool:
    return len(" ".join("".join(_words(element)).split())) <= most


def _is_box(element: HtmlElement) -> bool:
    return bool(BOXES & set((element.get("class") or "").split()))


def _is_alone(item: HtmlElement) -> bool:
    """Whether nothing else stands in the columns: then it has to be cut, or one of them stays empty."""
    above = item.getparent()
    return above is not None and len(above) == 1 and "columns" in (above.get("class") or "").split()


def _is_within(element: HtmlElement, name: str) -> bool:
    return any(name in (up.get("class") or "").split() for up in element.iterancestors())


def _add_class(element: HtmlElement, name: str) -> None:
    element.set("class", f"{element.get('class') or ''} {name}".strip())
