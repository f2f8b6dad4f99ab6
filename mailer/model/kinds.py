"""Kinds of item that a template adds by a declaration: what may be said in one, without a line of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Date  # noqa: N812
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args

from pydantic import BaseModel, Field, StringConstraints, create_model, model_validator

from mailer.model.base import Language, Noun, Slug, primary
from mailer.model.body import Body
from mailer.model.issue import KINDS, Issue, Item, ItemBase, Link, Person
from mailer.model.translation import SAME_EVERYWHERE

FieldType = Literal["text", "markdown", "texts", "date", "number", "choice", "yes_no", "link", "person"]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Label = str | dict[Language, str]
"""Words in every language alike, or by language."""

WORDS = frozenset({"text", "markdown", "texts"})
"""Types whose values are translated."""
ADDRESSES = frozenset({"url", "email", "website", "reply_to"})
"""Names that an item uses for addresses, which are checked as such."""
MAX_FIELDS = 30
ERRATUM = "erratum"
"""The kind that stands on top of a letter, and marks its subject: what was wrong in the one before."""
_TAKEN = frozenset(
    "groups declaration declared_day value worded source translators items keys values get".split()
)
"""Names that a noun, a translation or a group of keys within a template has already."""


class FieldDeclaration(Noun):
    """One field of an own kind."""

    type: FieldType
    label: Label = ""
    """What stands before the value; for yes_no, what stands there when it is so."""
    required: bool = False
    choices: dict[Slug, Label] = {}
    """For choice: what may be written → what the reader sees."""
    about: str = ""
    """What belongs there, for whoever writes the issue."""

    @model_validator(mode="after")
    def _choices_for_a_choice(self) -> Self:
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice needs its `choices`")
        if self.type != "choice" and self.choices:
            raise ValueError(f"only a choice has `choices`; this is a {self.type}")
        return self


class KindDeclaration(Noun):
    """items/KIND.yaml: a kind of item, beside items/KIND.mjml.j2, which shows it."""

    about: str = ""
    """What it is for, for whoever writes the issue."""
    label: Label = ""
    """What stands above its title, such as "Call for proposals"."""
    listed: bool = True
    """Whether the contents list names it."""
    may_lead: bool = False
    """Whether it may be the large one at the top."""
    day: FieldName | None = None
    """The date field that the contents list and the list of dates name."""
    fields: Annotated[dict[FieldName, FieldDeclaration], Field(min_length=1, max_length=MAX_FIELDS)]

    @model_validator(mode="after")
    def _day_is_a_date(self) -> Self:
        if self.day is not None:
            named = self.fields.get(self.day)
            if named is None or named.type != "date":
                raise ValueError(f'`day` names "{self.day}", which is no date field of this kind')
        return self


def label_in(label: Label, language: Language) -> str:
    """A label in that language, else in its base language, else in English, else as it comes first."""
    if isinstance(label, str):
        return label
    for tag in (language, primary(language), "en"):
        if tag in label:
            return label[tag]
    return next(iter(label.values()), "")


class OwnItem(ItemBase):
    """An item of a kind that its template declares."""

    kind: str
    declaration: ClassVar[KindDeclaration]

    def value(self, name: str) -> Any:
        """What the issue says in a declared field: None, "" or () where nothing."""
        return getattr(self, name)

    @property
    def declared_day(self) -> Date | None:
        """The day that the item is about, if its kind has one and it is given."""
        found = self.value(self.declaration.day) if self.declaration.day is not None else None
        return found if isinstance(found, Date) else None

    @property
    def worded(self) -> frozenset[str]:
        """Declared fields that hold the author's words: personal fields are filled in there."""
        return frozenset(name for name, field in self.declaration.fields.items() if field.type in WORDS)


def name_trouble(name: str, field: FieldDeclaration) -> tuple[str, str] | None:
    """Why a field cannot have that name, and what to do; None where it can."""
    if name in OwnItem.model_fields:
        return f'"{name}" is a field that every item has.', "Take it out, or choose another name."
    if hasattr(BaseModel, name) or name in _TAKEN:
        return f'"{name}" cannot name a field.', "Choose another name."
    if name in ADDRESSES and field.type in WORDS:
        return f'"{name}" is for an address.', "Make it `type: link` or `type: person`."
    if name in SAME_EVERYWHERE and field.type in WORDS:
        return f'"{name}" names a fact, which is never translated.', f"Choose another name: {name}_text."
    return None


def kind_trouble(kind: str) -> tuple[str, str] | None:
    """Why a kind cannot be called that, and what to do; None where it can."""
    if kind in KINDS:
        return f'"{kind}" is a kind that every template has.', "Give the file another name."
    if not _is_name(kind):
        return (
            f'"{kind}" cannot name a kind.',
            "Use lower-case letters a-z, digits and underscores: call_for_papers.",
        )
    return None


def _is_name(text: str) -> bool:
    parts = text.split("_")
    return all(part.isascii() and part.isalnum() and part.islower() for part in parts) and text[0].isalpha()


def own_item(kind: str, declaration: KindDeclaration) -> type[OwnItem]:
    """The noun for items of a declared kind."""
    fields: dict[str, Any] = {"kind": (Literal[kind], ...)}
    fields |= {name: _field(field) for name, field in declaration.fields.items()}
    name = "".join(part.capitalize() for part in kind.split("_"))
    made = create_model(name, __base__=OwnItem, __doc__=declaration.about or None, **fields)
    made.declaration = declaration
    return made


def _field(field: FieldDeclaration) -> tuple[Any, Any]:
    """Type and default for pydantic."""
    words = {"description": field.about} if field.about else {}
    match field.type:
        case "text" | "markdown":
            bound = {"min_length": 1} if field.required else {}
            text = Body if field.type == "markdown" else str
            return text, Field("" if not field.required else ..., **bound, **words)  # type: ignore[call-overload]
        case "texts":
            bound = {"min_length": 1} if field.required else {}
            return tuple[str, ...], Field(() if not field.required else ..., **bound, **words)  # type: ignore[call-overload]
        case "yes_no":
            return Annotated[bool, Field(strict=True)], Field(... if field.required else False, **words)  # type: ignore[call-overload]
    kind: Any = {
        "date": Date,
        "number": Annotated[float, Field(strict=True, allow_inf_nan=False)],
        "choice": Literal[tuple(field.choices)] if field.choices else None,
        "link": Link,
        "person": Person,
    }[field.type]
    if field.required:
        return kind, Field(..., **words)  # type: ignore[call-overload]
    return kind | None, Field(None, **words)  # type: ignore[call-overload]


Kinds = Mapping[str, KindDeclaration]


@lru_cache(maxsize=32)
def _issue_model(kinds: tuple[tuple[str, str], ...]) -> type[Issue]:
    own = [own_item(kind, KindDeclaration.model_validate_json(text)) for kind, text in kinds]
    union: Any = Union[(*_built_in(), *own)]
    items: Any = tuple[Annotated[union, Field(discriminator="kind")], ...]
    return create_model("Issue", __base__=Issue, __doc__=Issue.__doc__, items=(items, ...))


def _built_in() -> Sequence[type[ItemBase]]:
    return get_args(get_args(Item)[0])


def issue_model(kinds: Kinds) -> type[Issue]:
    """The noun for issues whose items may be of these kinds too; made once for the same declarations."""
    if not kinds:
        return Issue
    return _issue_model(tuple((kind, kinds[kind].model_dump_json()) for kind in sorted(kinds)))
