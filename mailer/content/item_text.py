"""Items of an issue as the YAML that a person would write: plain words where that is safe, bodies as blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from mailer.source.scalars import plain_value

Value = str | Mapping[str, str | None]
"""A text, or a group of texts such as an image; None is left out."""
Fields = Mapping[str, Value]

STEP = 2
"""Blanks from one level to the next."""
_TURNED_INTO_ESCAPES = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_NOT_PLAIN = re.compile(r":\s|:\Z|\s#|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""What no text file may hold; line ends and tabs are none of them."""


def clean_text(text: str) -> str:
    """The same words without control signs, and with one kind of line end."""
    return _CONTROLS.sub("", _LINE_END.sub("\n", text))


def clean_body(text: str) -> str:
    """A body as it can stand in a block: clean, with no blanks on empty lines, ended by one line end. "" stays."""
    lines = [line if line.strip() else "" for line in clean_text(text).split("\n")]
    kept = "\n".join(lines).strip("\n").rstrip()
    return f"{kept}\n" if kept else ""


def clean_line(text: str) -> str:
    """A text on one line, with single blanks."""
    return " ".join(clean_text(text).split())


def item_lines(fields: Fields, column: int) -> list[str]:
    """An item with its dash in that column."""
    lines = [line for key, value in fields.items() for line in field_lines(key, value, column + STEP)]
    lines[0] = f"{' ' * column}- {lines[0].lstrip(' ')}"
    return lines


def field_lines(key: str, value: Value, column: int, comment: str = "") -> list[str]:
    """A key with its value, in that column; `comment` stands behind it."""
    pad, behind = " " * column, f"  {comment}" if comment else ""
    if isinstance(value, Mapping):
        said = {name: each for name, each in value.items() if each is not None}
        inner = [line for name, each in said.items() for line in field_lines(name, each, column + STEP)]
        return [f"{pad}{key}:{behind}", *inner]
    if "\n" not in value:
        return [f"{pad}{key}: {scalar(value)}{behind}"]
    # A first line that begins with a blank would be taken for the block's indent (YAML 1.2.2 section 8.1.1.1).
    mark = f"|{STEP}" if value[0] == " " else "|"
    body = [f"{pad}{' ' * STEP}{line}" if line else "" for line in value.removesuffix("\n").split("\n")]
    return [f"{pad}{key}: {mark}{behind}", *body]


def scalar(text: str) -> str:
    """A text on one line: as it is where YAML reads it so, in double quotes otherwise."""
    plain = text[:1].isalnum() and text == text.strip() and not _NOT_PLAIN.search(text)
    if plain and plain_value(text) == text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _TURNED_INTO_ESCAPES.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
