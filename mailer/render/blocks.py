"""Cutting a page into blocks that can be worked on one by one, and remembered.

A block is an element small enough to be made anew at every change. What is around the blocks is the frame: the
same page with a mark in the place of each block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 4_000
"""Signs: an element longer than this is opened, and its children become blocks."""
MARK = "<!--block-->"
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TOP = re.compile(r"<!--.*?-->|<(?P<name>html|body)\b[^>]*>", re.DOTALL)
CONTAINERS = ("table", "tbody", "tr", "td", "div")
"""What a page is laid out with: only these are opened, and only these are blocks."""
CONTAINER = re.compile(rf"<!--.*?-->|<(?P<close>/?)(?P<name>{'|'.join(CONTAINERS)})\b[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """An element, and the opening tags of all that it stands within, from the html element down."""

    around: tuple[str, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its frame and its blocks, in order."""

    frame: str
    blocks: tuple[Block, ...]


@dataclass(slots=True)
class _Element:
    name: str
    tag: str
    begin: int
    inside: int
    """Where its content begins."""
    last: int = 0
    """Where its content ends."""
    end: int = 0
    children: list[_Element] = field(default_factory=list)


def cut_page(html: str, together: frozenset[str] = frozenset()) -> Page | None:
    """The page in blocks; None where it is not made as MJML makes pages, or holds a mark already.

    Elements with a name of `together` are never parted from those beside them.
    """
    tags = {tag["name"]: tag for tag in TOP.finditer(html) if tag["name"]}
    if tags.keys() != {"html", "body"} or MARK in html or html.find("<style", tags["body"].end()) > 0:
        return None
    root = _tree(html, tags["body"])
    if root is None or not _opens(html, root, together):
        return None
    frame: list[str] = []
    blocks: list[Block] = []
    reached = 0
    for block, begin, end in _blocks(html, root, (tags["html"][0],), together):
        frame += (html[reached:begin], MARK)
        blocks.append(block)
        reached = end
    frame.append(html[reached:])
    return Page("".join(frame), tuple(blocks))


def head_of(html: str) -> str:
    """All before the body."""
    body = next((tag for tag in TOP.finditer(html) if tag["name"] == "body"), None)
    return html if body is None else html[: body.start()]


def closing(around: tuple[str, ...]) -> str:
    """The closing tags for what is open."""
    names = (tag[1:-1].split(maxsplit=1)[0] for tag in reversed(around))
    return "".join(f"</{name}>" for name in names)


def _tree(html: str, body: re.Match[str]) -> _Element | None:
    """The body with its tables, rows, cells and divisions; None where one of them is not closed in its turn."""
    root = _Element("body", body[0], body.start(), body.end(), html.rfind("</body"))
    opened = [root]
    for tag in CONTAINER.finditer(html, body.end()):
        name = tag["name"]
        if name is None:
            continue
        if tag["close"]:
            element = opened.pop()
            if element.name != name:
                return None
            element.last, element.end = tag.span()
            opened[-1].children.append(element)
            continue
        if tag[0].count('"') % 2:  # a value that holds the sign >
            return None
        opened.append(_Element(name, tag[0], tag.start(), tag.end()))
    return root if opened == [root] else None


def _blocks(
    html: str, element: _Element, around: tuple[str, ...], together: frozenset[str]
) -> Iterator[tuple[Block, int, int]]:
    within = (*around, element.tag)
    for child in element.children:
        if _opens(html, child, together):
            yield from _blocks(html, child, within, together)
        else:
            yield Block(within, html[child.begin : child.end]), child.begin, child.end


def _opens(html: str, element: _Element, together: frozenset[str]) -> bool:
    """Whether the element's children may stand in blocks of their own."""
    if element.last - element.inside <= LARGEST or not _is_only_layout(html, element):
        return False
    first, *others = element.children
    if together.isdisjoint(child.name for child in element.children):
        return True
    # An only child has nothing beside it, as long as it is not put among others as a block.
    return not others and _opens(html, first, together)


def _is_only_layout(html: str, element: _Element) -> bool:
    """Whether nothing but words, tables and divisions stands in it: each child can be made alone then."""
    if not element.children:
        return False
    edges = [element.inside, *(edge for child in element.children for edge in (child.begin, child.end))]
    edges.append(element.last)
    between = "".join(html[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True))
    return "<" not in COMMENT.sub("", between)
