"""What a model allows at a place: its fields, the branches of a union, what a list holds."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Shape:
    """A type, opened as far as messages need it. All empty for plain values."""

    model: type[BaseModel] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Key as written in the file → its type."""
    needed: frozenset[str] = frozenset()
    """Keys that must be there."""
    branches: tuple[Shape, ...] = ()
    discriminator: str = ""
    inner: Any = None
    """Type of a list's entries or of a mapping's values."""

    @classmethod
    def of_model(cls, model: type[BaseModel]) -> Shape:
        """The shape of a model."""
        return shape_of(model)

    @property
    def element(self) -> Shape:
        """The shape of an entry."""
        return Shape() if self.inner is None else shape_of(self.inner)

    def field(self, name: str) -> Shape:
        """The shape under a key; an empty one where the key is not known."""
        return shape_of(self.fields[name]) if name in self.fields else Shape()

    def tagged(self, tag: str | int) -> Shape:
        """The branch that a discriminator's value picks."""
        for branch in self.branches:
            if tag in _literals(branch.fields.get(self.discriminator)):
                return branch
        return Shape()

    def tags(self) -> list[str]:
        """Every value that the discriminator may have."""
        return [
            str(tag) for branch in self.branches for tag in _literals(branch.fields.get(self.discriminator))
        ]


def shape_of(annotation: Any, metadata: Sequence[Any] = ()) -> Shape:
    """Open a type: models, lists, mappings, unions and `Annotated` around any of them."""
    while get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        annotation, metadata = inner, [*metadata, *more]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _of_model(annotation)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _of_union(annotation, metadata)
    if origin in (tuple, list, frozenset, set):
        return Shape(inner=get_args(annotation)[0])
    if origin in (dict, Mapping):
        return Shape(inner=get_args(annotation)[1])
    return Shape()


@cache
def _of_model(model: type[BaseModel]) -> Shape:
    fields = {}
    needed = set()
    for name, info in model.model_fields.items():
        key = info.alias or name
        fields[key] = _annotation(info)
        if info.is_required():
            needed.add(key)
    return Shape(model=model, fields=fields, needed=frozenset(needed))


def _annotation(info: FieldInfo) -> Any:
    if info.discriminator:
        return Annotated[info.annotation, info]
    return info.annotation


def _of_union(annotation: Any, metadata: Sequence[Any]) -> Shape:
    members = [member for member in get_args(annotation) if member is not type(None)]
    if len(members) == 1:
        return shape_of(members[0], metadata)
    named = (getattr(item, "discriminator", None) for item in metadata)
    discriminator = next((str(name) for name in named if name), "")
    return Shape(branches=tuple(shape_of(member) for member in members), discriminator=discriminator)


def _literals(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()
