"""Pydantic's error types in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mailer.errors import nearest
from mailer.source.document import Loc
from mailer.source.shapes import Shape

MOST_KINDS = 40
"""Kinds are named to the last: whoever asks for one does not know them."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong, what to do, and the rule that says so."""

    message: str
    hint: str = ""
    rule: str = "file.value"


def for_error(
    error: Mapping[str, Any], place: Loc, names: tuple[str, ...], owner: Shape, shape: Shape
) -> Words:
    """One of pydantic's errors in words: `owner` has the last key of the place, `shape` is wanted there."""
    kind = error["type"]
    if kind == "missing":
        return Words(
            f'"{place[-1]}" is missing.', _what_is_missing(str(place[-1]), owner), "file.missing-key"
        )
    if kind == "extra_forbidden":
        key = str(place[-1])
        known = set(owner.fields)
        return Words(f'"{_short(key)}" is not known here.', nearest(key, known), "file.unknown-key")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(error, names, shape)
    if kind in _TYPES:
        return _wrong_type(error["input"], *_TYPES[kind])
    if kind in _SAID:
        return Words(*_SAID[kind](error))
    if kind.startswith(("date", "time")):
        return Words(
            f"{_quoted(error['input'])} is not a day in the calendar.",
            "Write YYYY-MM-DD, such as 2016-12-19.",
        )
    return Words(f"{_quoted(error['input'])} will not do: {_lower(str(error['msg']))}.")


def _what_is_missing(key: str, owner: Shape) -> str:
    """What belongs there, as far as the noun says so."""
    known = owner.model.model_fields.items() if owner.model else ()
    info = next((info for name, info in known if key in (name, info.alias)), None)
    if info is None or not (info.description or info.annotation is date):
        return "Add it."
    what = _lower(info.description or "a day").rstrip(".")
    return f"Add it: {what}{', written as 2016-12-19' if info.annotation is date else ''}."


def for_no_branch(given: Any, names: tuple[str, ...], union: Shape) -> Words:
    """Words for a value that fits no branch of a union, not even nearly."""
    thing = _thing(names)
    keys = sorted({key for branch in union.branches for key in branch.needed})
    if isinstance(given, Mapping) and keys:
        unknown = next((str(key) for key in given if key not in keys), "")
        if not given or not unknown:
            return Words(f"A {thing} needs one of its keys.", nearest("", keys), "file.missing-key")
        return Words(f'"{_short(unknown)}" is not a kind of {thing}.', nearest(unknown, keys), "file.kind")
    if keys and all(branch.fields for branch in union.branches):
        return Words(f"{_quoted(given)} is not a {thing}.", nearest("", keys), "file.kind")
    return Words(f"{_quoted(given)} will not do here.", "Write text, or a list of texts.")


def for_two_at_once(key: str, names: tuple[str, ...]) -> Words:
    """Words for a key that belongs into an entry of its own."""
    thing = _thing(names)
    hint = f"A {thing} says one thing; write two entries under `all`."
    return Words(f'"{key}" cannot stand beside the other key.', hint, "file.unknown-key")


def _wrong_tag(error: Mapping[str, Any], names: tuple[str, ...], shape: Shape) -> Words:
    key = error["ctx"]["discriminator"].strip("'")
    thing = _thing(names)
    if error["type"] == "union_tag_not_found":
        hint = f"Say what kind of {thing} this is. {nearest('', shape.tags(), MOST_KINDS)}"
        return Words(f'"{key}" is missing.', hint.strip(), "file.missing-key")
    known = re.findall(r"'([^']*)'", error["ctx"]["expected_tags"])
    tag = str(error["ctx"]["tag"])
    return Words(f'"{_short(tag)}" is not a kind of {thing}.', nearest(tag, known, MOST_KINDS), "file.kind")


_TYPES: dict[str, tuple[str, str]] = {
    "string_type": ("text", "Put it in quotes."),
    "string_sub_type": ("text", "Put it in quotes."),
    "tuple_type": ("a list", "Begin each entry with a dash."),
    "list_type": ("a list", "Begin each entry with a dash."),
    "dict_type": ("a group of keys", "Write `key: value` lines, indented."),
    "model_type": ("a group of keys", "Write `key: value` lines, indented."),
    "model_attributes_type": ("a group of keys", "Write `key: value` lines, indented."),
    "int_type": ("a whole number", "Write digits only."),
    "int_parsing": ("a whole number", "Write digits only."),
    "int_from_float": ("a whole number", "Write digits only."),
    "float_type": ("a number", "Write digits only."),
    "float_parsing": ("a number", "Write digits only."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "bool_parsing": ("true or false", "Write true or false, without quotes."),
    "date_type": ("a day", "Write YYYY-MM-DD, such as 2016-12-19."),
    "datetime_type": ("a time", "Write it as 2016-12-19T09:30:00Z."),
}


def _wrong_type(given: Any, wanted: str, hint: str) -> Words:
    if given is None:
        return Words(f"is empty, where {wanted} is wanted.", "Fill it in, or take the key out.")
    if wanted == "text" and isinstance(given, (Mapping, list, tuple)):
        return Words(f"{_quoted(given)} is not text.", "Put the text in quotes, or after a |, on one level.")
    return Words(f"{_quoted(given)} is not {wanted}.", hint)


def _literal(error: Mapping[str, Any]) -> tuple[str, str]:
    known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
    return f"{_quoted(error['input'])} is not allowed here.", nearest(str(error["input"]), known)


def _pattern(error: Mapping[str, Any]) -> tuple[str, str]:
    pattern = error["ctx"]["pattern"]
    return f"{_quoted(error['input'])} is not written as it must be.", _PATTERNS.get(
        pattern, f"It must match {pattern}."
    )


def _length(bound: str, unit: str, words: str) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    def say(error: Mapping[str, Any]) -> tuple[str, str]:
        number = error["ctx"][bound]
        return (
            f"has {words} {number} {unit if number != 1 else unit.replace('entries', 'entry').rstrip('s')}.",
            "",
        )

    return say


def _own(error: Mapping[str, Any]) -> tuple[str, str]:
    text = str(error["ctx"]["error"]) if "ctx" in error else str(error["msg"])
    return f"{text.rstrip('.')}.", ""


def _bound(error: Mapping[str, Any]) -> tuple[str, str]:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    name, limit = next((key, value) for key, value in error["ctx"].items() if key in words)
    return f"{_quoted(error['input'])} is out of bounds.", f"Write {words[name]} {limit:g}."


_SAID: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "literal_error": _literal,
    "enum": _literal,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _length("max_length", "signs", "more than"),
    "string_too_short": _length("min_length", "signs", "fewer than"),
    "too_short": _length("min_length", "entries", "fewer than"),
    "too_long": _length("max_length", "entries", "more than"),
    "value_error": _own,
    "assertion_error": _own,
    "greater_than": _bound,
    "greater_than_equal": _bound,
    "less_than": _bound,
    "less_than_equal": _bound,
}

_PATTERNS = {
    r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$": "Use lower-case letters a-z, digits and single hyphens: saiga-day-2.",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "Write a language tag such as en, ru or zh-Hant.",
    r"^[A-Z]{2}$": "Write a country as two capital letters, such as KZ.",
    r"^([01]\d|2[0-3]):[0-5]\d$": "Write HH:MM, such as 23:59.",
    r"^[+-]\d{1,3}d$": "Write the days from the due date: -90d before it, +3d after it.",
    r"^[1-9]\d?:[1-9]\d?$": 'Write width to height, each 1 to 99, with a colon: "3:2".',
}


def _thing(names: tuple[str, ...]) -> str:
    """What to call an entry of the field last passed: items → item; all, any and none hold rules."""
    name = names[-1] if names else "entry"
    if name in ("all", "any", "none"):
        return "rule"
    return name[:-1] if name.endswith("s") and len(name) > 2 else name  # noqa: PLR2004


def _quoted(given: Any) -> str:
    if isinstance(given, Mapping):
        return "A group of keys"
    if isinstance(given, (list, tuple)):
        return "A list"
    if given is None:
        return "Nothing"
    if isinstance(given, bool):
        return str(given).lower()
    return f'"{_short(given.isoformat() if isinstance(given, date) else str(given))}"'


def _short(text: str, most: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def _lower(text: str) -> str:
    return (text[:1].lower() + text[1:]).rstrip(".")
