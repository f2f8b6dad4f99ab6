"""Words with what must not be touched in them: links' addresses and personal fields, as XLIFF's inline codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from mailer.model.slots import FIELD

SPACE = "urn:oasis:names:tc:xliff:document:2.0"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_X = f"{{{SPACE}}}"

_CODE = re.compile(
    r"(?P<slot>" + FIELD.pattern + r")"
    r"|(?P<link>\[(?P<text>(?:\{\{[^{}]*\}\}|[^\[\]\n])*)\]\((?P<url>[^()\s]*)\))"
    r"|(?P<bare>https?://[^\s<>\"')\]]+)",
    re.IGNORECASE,
)


def cut(words: str) -> Iterator[tuple[str, bool]]:
    """Words in order, and whether each part is a code, which stands for itself in every language."""
    at = 0
    for found in _CODE.finditer(words):
        if found.start() > at:
            yield words[at : found.start()], False
        if found["slot"]:
            yield from _slot(found["slot"])
        elif found["link"]:
            yield "[", True
            yield from cut(found["text"])
            yield f"]({found['url']})", True
        else:
            yield found["bare"], True
        at = found.end()
    if at < len(words):
        yield words[at:], False


def _slot(written: str) -> Iterator[tuple[str, bool]]:
    """A personal field: its default, if it has one, is words; the rest is code."""
    name, bar, default = written[:-2].partition("|")
    if not bar:
        yield written, True
        return
    yield name + bar, True
    if default:
        yield default, False
    yield "}}", True


@dataclass(slots=True)
class Codes:
    """The codes of one unit: what each is, once, and the ids by which source and target name the same one."""

    data: list[str] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    number: int = 0

    def put(self, parent: Any, words: str) -> None:
        """Lay the words into `source` or `target`, codes as `ph` (XLIFF 2.1, 4.2.3.2)."""
        used: dict[str, int] = {}
        for part, is_code in cut(words):
            if not is_code:
                _add_text(parent, part)
                continue
            turn = used.get(part, 0)
            used[part] = turn + 1
            code = etree.SubElement(parent, f"{_X}ph", id=self._id(part, turn), dataRef=self._ref(part))
            code.set("disp", _readable(part))
            code.set("canDelete", "no")
            code.set("canCopy", "no")

    def original_data(self, unit: Any) -> None:
        """Say what the codes stand for; nothing where there is none."""
        if not self.data:
            return
        listed = etree.SubElement(unit, f"{_X}originalData")
        for number, part in enumerate(self.data, start=1):
            each = etree.SubElement(listed, f"{_X}data", id=f"d{number}")
            each.set(XML_SPACE, "preserve")
            each.text = part

    def _ref(self, part: str) -> str:
        if part not in self.data:
            self.data.append(part)
        return f"d{self.data.index(part) + 1}"

    def _id(self, part: str, turn: int) -> str:
        """The same for the same code's same turn in source and target."""
        known = self.ids.setdefault(part, [])
        while len(known) <= turn:
            self.number += 1
            known.append(str(self.number))
        return known[turn]


def words_in(element: Any, data: dict[str, str]) -> str:
    """The words of a `source` or `target`, each code as what it stands for."""
    return "".join(_words(element, data)) if element is not None else ""


def _words(element: Any, data: dict[str, str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _child(child, etree.QName(child).localname, data)
        yield child.tail or ""


def _child(child: Any, name: str, data: dict[str, str]) -> Iterator[str]:
    if name in ("ph", "sc", "ec"):
        yield data.get(child.get("dataRef", ""), child.get("disp") or child.get("equiv") or "")
    elif name == "pc":
        yield data.get(child.get("dataRefStart", ""), child.get("dispStart") or "")
        yield from _words(child, data)
        yield data.get(child.get("dataRefEnd", ""), child.get("dispEnd") or "")
    elif name == "cp":
        hexadecimal = str(child.get("hex", ""))
        yield chr(int(hexadecimal, 16)) if re.fullmatch("[0-9A-Fa-f]{1,4}", hexadecimal) else ""
    elif name not in ("sm", "em"):
        yield from _words(child, data)


def _add_text(parent: Any, words: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + words
    else:
        parent.text = (parent.text or "") + words


def _readable(part: str) -> str:
    return part if len(part) <= 120 else f"{part[:119]}…"  # noqa: PLR2004
