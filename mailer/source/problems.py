"""From pydantic's errors to problems that a person can mend: one problem a mistake, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from mailer.errors import Problem
from mailer.source.document import Loc, field_path
from mailer.source.shapes import Shape
from mailer.source.wording import Words, for_error, for_no_branch, for_two_at_once

LineOf = Callable[[Loc], int | None]

MOST_TOLD = 200
"""Mistakes of a file that are told: nobody mends more at once."""
_WRONG_KIND = frozenset({"model_type", "string_type", "tuple_type", "list_type", "dict_type", "int_type"})


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One of pydantic's errors on its way: how much of `loc` is walked, and the file's own place so far."""

    error: Mapping[str, Any]
    walked: int
    place: Loc
    names: tuple[str, ...] = ()
    """Names of the fields passed; the last one says what to call the thing."""

    @property
    def rest(self) -> Loc:
        return tuple(self.error["loc"])[self.walked :]

    def step(self, part: str | int | None = None, name: str = "") -> _Mistake:
        """One part of `loc` further; `part` is None where that part is not in the file."""
        place = self.place if part is None else (*self.place, part)
        return replace(
            self, walked=self.walked + 1, place=place, names=(*self.names, name) if name else self.names
        )


def problems_of(error: ValidationError, model: type[BaseModel], file: str, line_of: LineOf) -> list[Problem]:
    """Every mistake in `error` as a Problem, in file order: its place, what is wrong, what to write instead.

    Of more than MOST_TOLD the first, and a last one that says so.
    `line_of` gets the place as keys and positions in the file, without pydantic's names for union branches.
    """
    mistakes = [_Mistake(item, 0, ()) for item in error.errors(include_url=False, include_context=True)]
    problems = (
        Problem(words.message, words.hint, file, line_of(place), field_path(place), words.rule)
        for place, words in _walk(mistakes, Shape.of_model(model), Shape.of_model(model))
    )
    unique = list(dict.fromkeys(islice(problems, MOST_TOLD + 1)))
    told = sorted(unique[:MOST_TOLD], key=lambda problem: problem.line or 0)
    if len(unique) > MOST_TOLD:
        more = f"has more mistakes than these {MOST_TOLD}."
        told.append(Problem(more, "Mend them first, and look again.", file, rule="file.value"))
    return told


Told = tuple[Loc, Words]


def _walk(mistakes: list[_Mistake], shape: Shape, owner: Shape) -> Iterable[Told]:
    """Follow the mistakes down a shape; `owner` is the model whose key was last passed."""
    here = [mistake for mistake in mistakes if not mistake.rest]
    deeper = [mistake for mistake in mistakes if mistake.rest]
    for mistake in here:
        if not (deeper and mistake.error["type"] in ("too_short", "too_long")):
            yield mistake.place, for_error(mistake.error, mistake.place, mistake.names, owner, shape)
    if not deeper:
        return
    if shape.branches and not shape.discriminator:
        yield from _choose(deeper, shape, owner)
        return
    for part, group in _by_next(deeper).items():
        if shape.discriminator:
            yield from _walk([m.step() for m in group], shape.tagged(part), owner)
        elif shape.fields:
            name = str(part)
            yield from _walk([m.step(part, name) for m in group], shape.field(name), shape)
        elif group[0].rest[-1] == "[key]":
            yield from _walk([replace(m.step(part), walked=m.walked + 2) for m in group], Shape(), owner)
        else:
            yield from _walk([m.step(part) for m in group], shape.element, owner)


def _by_next(mistakes: Iterable[_Mistake]) -> dict[str | int, list[_Mistake]]:
    groups: dict[str | int, list[_Mistake]] = {}
    for mistake in mistakes:
        groups.setdefault(mistake.rest[0], []).append(mistake)
    return groups


def _choose(mistakes: list[_Mistake], shape: Shape, owner: Shape) -> Iterable[Told]:
    """Of a union's branches, tell only of the one that the person most likely meant."""
    groups = _by_next(mistakes)
    branches = dict(zip(groups, shape.branches, strict=False))
    label = min(groups, key=lambda name: _distance(groups[name]))
    branch = branches.get(label, Shape())
    wrong_kind, missing, unknown, _ = _distance(groups[label])
    if wrong_kind or (missing and all(found.fields for found in branches.values())):
        first = groups[label][0]
        yield first.place, for_no_branch(_input_of(groups), first.names, shape)
        return
    keys = frozenset(key for found in branches.values() for key in found.needed) if unknown else frozenset()
    for place, words in _walk([mistake.step() for mistake in groups[label]], branch, owner):
        if words.rule == "file.unknown-key" and place[-1] in keys:
            yield place, for_two_at_once(str(place[-1]), groups[label][0].names)
        else:
            yield place, words


def _distance(mistakes: list[_Mistake]) -> tuple[int, int, int, int]:
    """How far a branch is from what was written: wrong kind, missing keys, unknown keys, mistakes in all."""
    kinds = [mistake.error["type"] for mistake in mistakes if len(mistake.rest) <= 2]  # noqa: PLR2004
    wrong_kind = any(mistake.error["type"] in _WRONG_KIND and len(mistake.rest) == 1 for mistake in mistakes)
    return int(wrong_kind), kinds.count("missing"), kinds.count("extra_forbidden"), len(mistakes)


def _input_of(groups: Mapping[str | int, list[_Mistake]]) -> Any:
    """What was written where the union stands, as far as the errors show it."""
    for group in groups.values():
        for mistake in group:
            if len(mistake.rest) == 1 or mistake.error["type"] == "missing":
                return mistake.error["input"]
    return None
