"""From a YAML file to one of our nouns."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mailer.errors import Problem, ProblemsError
from mailer.source.document import Document
from mailer.source.problems import problems_of
from mailer.source.reader import read_yaml

Read = TypeVar("Read", bound=BaseModel)


def read_noun(model: type[Read], path: Path, shown: str) -> tuple[Read, Document]:
    """Read a YAML file as a noun; ProblemsError with every problem of the file at its line."""
    document = read_yaml(path, shown)
    return as_noun(model, document), document


def as_noun(model: type[Read], document: Document) -> Read:
    """What a document says, as a noun; ProblemsError with every problem at its line."""
    if not isinstance(document.data, dict):
        what = "is empty." if document.data is None else "does not begin with `key: value` lines."
        hint = f"It must have: {', '.join(_needed(model))}."
        raise ProblemsError([Problem(what, hint, document.file, document.line(), rule="file.value")])
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise ProblemsError(problems_of(error, model, document.file, document.line)) from error


def _needed(model: type[BaseModel]) -> list[Any]:
    required = [info.alias or name for name, info in model.model_fields.items() if info.is_required()]
    return required or [info.alias or name for name, info in model.model_fields.items()]
