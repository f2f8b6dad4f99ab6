"""What paragraphs and words are by their styles: headings in any language, captions, lists, bold, hidden."""

from __future__ import annotations

import re
from typing import Any

from mailer.contribution.word_file import WordFile, tag

BODY_LEVEL = 9
_HEADING = re.compile(
    r"(?:heading|überschrift|заголовок|titre|título|titolo|kop|nagłówek|rubrik|overskrift|otsikko|başlık|nadpis|"
    r"标题|標題|見出し|제목|عنوان)\s*([1-9])"
)
_LIST = re.compile(r"list (?:bullet|number) ([2-5])")
_TITLE = {"title", "titel", "название", "titre", "título", "titolo", "document title"}
_CAPTION = {"caption", "figure", "illustration", "abbildung", "bildunterschrift", "beschriftung", "légende"}
_CAPTION |= {"подпись", "название объекта", "leyenda", "legenda", "didascalia", "drawing", "table"}


def value_of(parent: Any, name: str) -> str | None:
    """`w:val` of a child; None where there is no such child. A child without one says "1"."""
    child = parent.find(tag(name)) if parent is not None else None
    return None if child is None else str(child.get(tag("w:val"), "1"))


def is_on(value: str | None) -> bool | None:
    """What a switch says; None where nothing is said."""
    return None if value is None else value not in ("0", "false", "off", "none")


def properties_of(paragraph: Any) -> Any:
    """What is said of a paragraph: its first element (ISO/IEC 29500-1 17.3.1.26), found without a search."""
    first = next(paragraph.iterchildren(), None)
    return first if first is not None and first.tag == tag("w:pPr") else None


class Styles:
    """The styles of a document, with what they take from those that they are based on."""

    def __init__(self, file: WordFile) -> None:
        root = file.tree(file.part_of("styles"))
        self._all: dict[str, Any] = {}
        self._default = ""
        self._chains: dict[str, list[Any]] = {}
        self._named: dict[str, list[str]] = {}
        self._said: dict[tuple[str, tuple[str, ...]], bool | None] = {}
        for style in root.iterchildren(tag("w:style")) if root is not None else ():
            name = style.get(tag("w:styleId"), "")
            self._all.setdefault(name, style)
            if style.get(tag("w:type")) == "paragraph" and is_on(style.get(tag("w:default"))):
                self._default = name

    def chain(self, style: str | None) -> list[Any]:
        """A style and those below it, each once."""
        if not style or style not in self._all:
            return []
        if style not in self._chains:
            met: dict[str, Any] = {}
            at: str | None = style
            while at and at in self._all and at not in met:
                met[at] = self._all[at]
                at = value_of(met[at], "w:basedOn")
            self._chains[style] = list(met.values())
        return self._chains[style]

    def of_paragraph(self, paragraph: Any) -> list[Any]:
        """The chain of a paragraph's styles."""
        return self.chain(self._style_of(paragraph))

    def _style_of(self, paragraph: Any) -> str:
        return value_of(properties_of(paragraph), "w:pStyle") or self._default

    def names(self, paragraph: Any) -> list[str]:
        """The names of a paragraph's styles, in small letters."""
        style = self._style_of(paragraph)
        if style not in self._named:
            names = [value_of(each, "w:name") or "" for each in self.chain(style)]
            self._named[style] = [name.casefold().strip() for name in names]
        return self._named[style]

    def heading_level(self, paragraph: Any) -> int:
        """1 for the highest; 0 for a paragraph that is no heading. A document's title is as high as a heading 1."""
        for properties in (properties_of(paragraph), *self._below(paragraph, "w:pPr")):
            level = value_of(properties, "w:outlineLvl")
            if level is not None and level.isdecimal():
                return int(level) + 1 if int(level) < BODY_LEVEL else 0
        for name in self.names(paragraph):
            if name in _TITLE:
                return 1
            if found := _HEADING.fullmatch(name):
                return int(found[1])
        return 0

    def is_title(self, paragraph: Any) -> bool:
        """Whether it is the title of the whole document."""
        return any(name in _TITLE for name in self.names(paragraph))

    def is_caption(self, paragraph: Any) -> bool:
        """Whether it is written under a picture, by its style."""
        return any(name in _CAPTION for name in self.names(paragraph))

    def is_contents(self, paragraph: Any) -> bool:
        """Whether it is a line of a table of contents."""
        return any(
            re.fullmatch(r"(?:toc|contents) (?:[1-9]|heading)", name) for name in self.names(paragraph)
        )

    def numbering(self, paragraph: Any) -> tuple[str, int] | None:
        """The list that a paragraph is in, and how deep from 0."""
        own = properties_of(paragraph)
        number: str | None = None
        level: str | None = None
        for properties in (own, *self._below(paragraph, "w:pPr")):
            listed = properties.find(tag("w:numPr")) if properties is not None else None
            if listed is not None:
                number = number if number is not None else value_of(listed, "w:numId")
                level = level if level is not None else value_of(listed, "w:ilvl")
        if number in (None, "0"):
            return None
        deeper = next(filter(None, map(_LIST.fullmatch, self.names(paragraph))), None)
        if level in (None, "0") and deeper:
            # Word's own styles for sublists (List Bullet 2) are lists of their own that only look deeper.
            level = str(int(deeper[1]) - 1)
        return str(number), min(int(level), 8) if level and level.isdecimal() else 0

    def switch(self, run: Any, paragraph: Any, names: tuple[str, ...], *, of_paragraph: bool = True) -> bool:
        """Whether words are bold, hidden, …: by themselves, by their style or by their paragraph's."""
        own = run.find(tag("w:rPr"))
        said = _switched([own], names)
        if said is None:
            said = self._by_style(value_of(own, "w:rStyle"), names)
        if said is None and of_paragraph:
            said = self._by_style(self._style_of(paragraph), names)
        return bool(said)

    def _by_style(self, style: str | None, names: tuple[str, ...]) -> bool | None:
        """What a style and those below it say of a switch; asked of thousands of runs."""
        if not style:
            return None
        if (style, names) not in self._said:
            layers = [each.find(tag("w:rPr")) for each in self.chain(style)]
            self._said[style, names] = _switched(layers, names)
        return self._said[style, names]

    def _below(self, paragraph: Any, part: str) -> list[Any]:
        return [style.find(tag(part)) for style in self.of_paragraph(paragraph)]


def _switched(layers: list[Any], names: tuple[str, ...]) -> bool | None:
    said = (is_on(value_of(layer, name)) for layer in layers for name in names)
    return next((each for each in said if each is not None), None)
