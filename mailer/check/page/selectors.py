"""Which elements a selector means, told from an element's way down from the root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from mailer.check.page.look import Look

Token = Any
"""A node of tinycss2, which has no types of its own."""

STATES = frozenset(
    "hover active focus visited focus-visible focus-within target before after first-letter first-line marker "
    "selection placeholder checked".split()
)
"""What is not so when a mail is opened, and parts that hold no words of their own."""


class Step(NamedTuple):
    """What selectors ask of an element."""

    tag: str
    classes: frozenset[str]
    ident: str
    attributes: tuple[tuple[str, str | None], ...]
    """Those that a selector names."""
    before: Step | None
    """The element right before it, of which nothing before is known; None also where no selector asks for it."""


class State:
    """An element where it stands: all elements of the same way down look the same."""

    __slots__ = ("above", "below", "look", "parent", "step")

    def __init__(self, parent: State | None, step: Step, look: Look) -> None:
        self.parent = parent
        self.step = step
        self.look = look
        self.above: frozenset[str] = step.classes | (parent.above if parent else frozenset())
        """Classes of it and of all that it is in."""
        self.below: dict[tuple[object, ...], State] = {}
        """What makes an element that stands in it → that element's state."""


@dataclass(slots=True)
class Compound:
    """What one element must be, and how it stands to the one after it."""

    tag: str = ""
    classes: set[str] = field(default_factory=set)
    ident: str = ""
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    is_any: bool = False
    """Whether it is `*`."""
    joined: str = ""
    """The combinator between this and the next to its right: " ", ">" or "+"."""

    def means(self, step: Step) -> bool:
        """Whether it means an element, wherever it stands."""
        if self.tag and self.tag != step.tag:
            return False
        if self.ident and self.ident != step.ident:
            return False
        if not self.classes <= step.classes:
            return False
        return not self.attributes or all(_has(dict(step.attributes), *each) for each in self.attributes)


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector: its compounds from left to right."""

    compounds: tuple[Compound, ...]
    weight: tuple[int, int, int]

    @property
    def last(self) -> Compound:
        """What the element itself must be."""
        return self.compounds[-1]

    @property
    def named(self) -> set[str]:
        """The attributes that it asks for."""
        return {name for each in self.compounds for name, _, _ in each.attributes}

    @property
    def asks_before(self) -> bool:
        """Whether it asks for what stands right before an element."""
        return any(each.joined == "+" for each in self.compounds)

    def stands(self, parent: State | None, step: Step) -> bool:
        """Whether an element that it means by itself stands where it is wanted."""
        return _reaches(self.compounds[:-1], parent, step)


def read_selector(tokens: Sequence[Token]) -> Selector | None:
    """A selector as read; None where it has something that is not understood."""
    compounds = [Compound()]
    weight = [0, 0, 0]
    after = ""
    for token in tokens:
        joins = token.value if token.type == "literal" and token.value in ("+", ">") else ""
        if joins or token.type == "whitespace":
            _join(compounds, joins or " ")
            after = ""
            continue
        if token.type == "literal" and token.value in (".", ":"):
            after = token.value
            continue
        place = _take(compounds[-1], token, after)
        if place is None:
            return None
        weight[place] += place < len(weight) - 1 or token.type == "ident"
        after = ""
    first, second, third = weight
    in_a_row = any(one.joined == two.joined == "+" for one, two in pairwise(compounds))
    return (
        None
        if after or in_a_row or _is_empty(compounds[-1])
        else Selector(tuple(compounds), (first, second, third))
    )


def is_of_a_state(tokens: Sequence[Token]) -> bool:
    """Whether a selector means elements in a state that none has when a mail is opened, or parts of them."""
    return any(
        before.type == "literal"
        and before.value == ":"
        and token.type == "ident"
        and token.lower_value in STATES
        for before, token in pairwise(tokens)
    )


def _join(compounds: list[Compound], joined: str) -> None:
    if _is_empty(compounds[-1]) and len(compounds) > 1:
        if joined != " ":
            compounds[-2].joined = joined
        return
    compounds[-1].joined = joined
    compounds.append(Compound())


def _is_empty(compound: Compound) -> bool:
    return not (
        compound.tag or compound.classes or compound.ident or compound.attributes or compound.joined == "*"
    )


def _take(compound: Compound, token: Token, after: str) -> int | None:
    """Add what a token says; return which part of the weight it counts for, None where it is not understood."""
    match token.type:
        case "ident" if after == ".":
            compound.classes.add(token.value)
            return 1
        case "ident" if after == ":" and token.lower_value == "link":
            compound.attributes.append(("href", "", ""))
            return 1
        case "ident" if after == ":" and token.lower_value == "root":
            compound.tag = "html"
            return 1
        case "ident" if not after:
            compound.tag = token.lower_value
            return 2
        case "literal" if token.value == "*" and not after:
            compound.is_any = True
            return 2
        case "hash":
            compound.ident = token.value
            return 0
        case "[] block":
            return _take_attribute(compound, token.content)
    return None


def _take_attribute(compound: Compound, content: Sequence[Token]) -> int | None:
    signs = "".join(part.value for part in content if part.type == "literal")
    words = [part.value for part in content if part.type in ("ident", "string")]
    if not words or len(words) > 2 or signs not in ("", "=", "~=", "^=", "$=", "*="):  # noqa: PLR2004
        return None
    compound.attributes.append((words[0].lower(), signs, words[1] if signs and len(words) > 1 else ""))
    return 1


def _has(attributes: Mapping[str, str | None], name: str, signs: str, wanted: str) -> bool:
    value = attributes.get(name)
    if value is None:
        return False
    match signs:
        case "":
            return True
        case "=":
            return value == wanted
        case "~=":
            return wanted in value.split()
        case "^=":
            return bool(wanted) and value.startswith(wanted)
        case "$=":
            return bool(wanted) and value.endswith(wanted)
    return bool(wanted) and wanted in value


def _reaches(left: Sequence[Compound], parent: State | None, step: Step) -> bool:
    """Whether the compounds on the left can be found around an element."""
    if not left:
        return True
    wanted, rest = left[-1], left[:-1]
    if wanted.joined == "+":
        beside = step.before
        return beside is not None and wanted.means(beside) and _reaches(rest, parent, beside)
    state = parent
    while state is not None and wanted.classes <= state.above:
        if wanted.means(state.step) and _reaches(rest, state.parent, state.step):
            return True
        state = None if wanted.joined == ">" else state.parent
    return False
