"""The words of a page as they look: one walk over its tree, from which all rules about looks read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from mailer.check.page.cascade import cascade_of
from mailer.check.page.look import Look
from mailer.check.page.selectors import State
from mailer.check.tree import Element, owners, tree

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
"""Elements that begin a line of their own."""
UNSEEN = frozenset({"head", "style", "script", "title", "noscript", "template", "xml"})
LEAST = 2.0
"""Pixels up to which words are hidden by their size."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one look."""

    words: str
    look: Look
    link: int | None
    """The link that they are in, as its place among the page's links."""


@dataclass(frozen=True, slots=True)
class Link:
    """An `<a href>`."""

    href: str
    look: Look
    item: str | None
    alts: tuple[str, ...]
    """Alternative texts of the pictures in it."""
    has_name: bool
    """Whether it is named by aria-label or title."""
    picture_height: float


@dataclass(frozen=True, slots=True)
class Block:
    """What stands on lines of its own: a paragraph, an entry of a list, a cell."""

    tag: str
    item: str | None
    runs: tuple[Run, ...]
    words: str
    """All words of it, without line breaks."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with what it stands on."""

    src: str
    alt: str | None
    item: str | None
    look: Look


@dataclass(frozen=True, slots=True)
class Looks:
    """A page as it looks. Hidden words are not in it."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    pictures: tuple[Shown, ...] = ()
    has_dark: bool = False
    """Whether its styles know a dark mode."""

    @property
    def words(self) -> str:
        """All words that are seen, block by block."""
        return "\n".join(block.words for block in self.blocks)


@lru_cache(maxsize=256)
def looks_of(page: str) -> Looks:
    """How the page looks. The same page is read once."""
    root = tree(page)
    return Looks() if root is None else _Walk(page, root).looks()


@dataclass
class _Open:
    """A block that the walk is in."""

    tag: str
    item: str | None
    runs: list[Run] = field(default_factory=list)


class _Walk:
    """One walk over a page, with what is open at the place where it is."""

    def __init__(self, page: str, root: Element) -> None:
        self.root = root
        self.owners = owners(page)
        self.items: list[str | None] = [None]
        styles = tuple((node.text or "", node.get("media", "")) for node in root.iter("style"))
        self.cascade = cascade_of(styles)
        self.states: list[State | None] = []
        self.blocks_open: list[_Open] = []
        self.done: list[Block] = []
        self.links: list[Link] = []
        self.link: list[int | None] = [None]
        self.pictures: list[Shown] = []

    def looks(self) -> Looks:
        for event, node in etree.iterwalk(self.root, events=("start", "end", "comment", "pi")):
            if event == "start":
                self._open(node)
            elif event == "end":
                self._close(node)
            else:
                self._words(node.tail)
        return Looks(tuple(self.done), tuple(self.links), tuple(self.pictures), self.cascade.sheet.has_dark)

    def _open(self, node: Element) -> None:
        tag = node.tag
        self.items.append(self.owners.get(node, self.items[-1]))
        parent = self.states[-1] if self.states else None
        seen = tag not in UNSEEN and (parent is not None or not self.states)
        state = self.cascade.state(parent, node) if seen else None
        self.states.append(state)
        look = state.look if state else None
        if tag in BLOCKS:
            self._end_line(_Open(tag, self.items[-1]))
        link = self.link[-1]
        if tag == "a" and look and node.get("href") is not None:
            self.links.append(_link(node, look, self.items[-1]))
            link = len(self.links) - 1
        self.link.append(link)
        if tag == "img" and look:
            self.pictures.append(Shown(node.get("src", ""), node.get("alt"), self.items[-1], look))
        if words := "\n" if tag == "br" else node.text:
            self._words(words)

    def _close(self, node: Element) -> None:
        if node.tag in BLOCKS:
            self._end_line()
            self.blocks_open.pop()
        self.items.pop()
        self.states.pop()
        self.link.pop()
        if words := node.tail:
            self._words(words)

    def _end_line(self, begins: _Open | None = None) -> None:
        """What has been gathered is a block; another begins where one is given."""
        if self.blocks_open and (runs := self.blocks_open[-1].runs):
            ended = self.blocks_open[-1]
            if words := " ".join("".join([run.words for run in runs]).split()):
                self.done.append(Block(ended.tag, ended.item, tuple(runs), words))
                ended.runs = []
        if begins:
            self.blocks_open.append(begins)

    def _words(self, text: str | None) -> None:
        state = self.states[-1] if self.states else None
        if not (text and state and self.blocks_open):
            return
        look = state.look
        if not (look.is_hidden or (look.size is not None and look.size <= LEAST)):
            self.blocks_open[-1].runs.append(Run(text, look, self.link[-1]))


def _link(node: Element, look: Look, item: str | None) -> Link:
    pictures = list(node.iter("img"))
    return Link(
        href=node.get("href", ""),
        look=look,
        item=item,
        alts=tuple(picture.get("alt") or "" for picture in pictures),
        has_name=any((node.get(name) or "").strip() for name in ("aria-label", "title")),
        picture_height=max((_number(picture.get("height")) for picture in pictures), default=0.0),
    )


def _number(value: str | None) -> float:
    return float(value) if value and value.isdecimal() and len(value) < 6 else 0.0  # noqa: PLR2004


def words_of_link(looks: Looks) -> Iterator[tuple[Link, str]]:
    """Each link with its words."""
    words: dict[int, list[str]] = {}
    for block in looks.blocks:
        for run in block.runs:
            if run.link is not None:
                words.setdefault(run.link, []).append(run.words)
    for place, link in enumerate(looks.links):
        yield link, " ".join("".join(words.get(place, [])).split())
